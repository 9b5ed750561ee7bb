/** `exhook check` and `exhook hooks`: explain a configuration without starting a server. */
import type { Command } from 'commander';
import { flagsHelp } from './commands/serve-help.ts';
import type { Terminal } from './commands/terminal.ts';

export function addConfigurationCommands(program: Command, terminal: Terminal): void {
  program
    .command('check')
    .description(
      'Check a configuration file and print every problem with line, path and what to write instead.',
    )
    .argument('<file>', 'the YAML file')
    .addHelpText(
      'after',
      '\nExit status: 0 if the file is valid, 2 if it is not.\nEnvironment variables apply as for `exhook serve`.',
    )
    .action(async (file: string) => {
      const { checkCommand } = await import('./commands/check.ts');
      process.exitCode = await checkCommand(file, process.env, terminal);
    });

  program
    .command('hooks')
    .description('Show which hooks brokers will be asked to call, with which topics, and why.')
    .allowUnknownOption()
    .allowExcessArguments()
    .usage('[flags of serve]')
    .addHelpText(
      'after',
      () =>
        `\nTakes the flags and environment variables of \`exhook serve\`, for example:\n  exhook hooks --config exhook.yaml\n\n${flagsHelp()}`,
    )
    .action(async (_options, command: Command) => {
      const { hooksCommand } = await import('./commands/hooks.ts');
      process.exitCode = await hooksCommand(command.args, process.env, terminal);
    });
}
