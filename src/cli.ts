#!/usr/bin/env node
/** The `exhook` command. Each subcommand is loaded when it is called. */
import { Command } from 'commander';
import { addBrokerCommands } from './cli/broker.ts';
import { serveHelp } from './cli/commands/serve-help.ts';
import { createTerminal } from './cli/commands/terminal.ts';
import { addConfigurationCommands } from './cli/configuration.ts';
import { addDemoCommands } from './cli/demo.ts';
import { addDevCommands } from './cli/dev.ts';
import { addPolicyCommands } from './cli/policies.ts';
import { addRecordingCommands } from './cli/recordings.ts';
import { addSpoolCommands } from './cli/spool.ts';
import { version } from './lib/version.ts';

const terminal = createTerminal(process.stdout, process.stderr);
const program = new Command('exhook')
  .description(
    'The ExHook server for EMQX: authenticates, authorizes, transforms and bridges MQTT traffic over gRPC.',
  )
  .version(version, '-v, --version', 'Print the version.')
  .helpOption('-h, --help', 'Show help.')
  .showHelpAfterError('(exhook --help shows how)')
  .configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.err(text.trimEnd()),
  })
  .enablePositionalOptions();

const serve = program
  .command('serve', { isDefault: true })
  .description('Start the server (default). Same as: node dist/server.js')
  .allowUnknownOption()
  .allowExcessArguments()
  .helpOption(false)
  .action(async (_options, command: Command) => {
    if (command.args.some((arg) => arg === '--help' || arg === '-h')) return terminal.out(serveHelp());
    const [name = '-'] = process.argv.slice(2);
    if (name !== 'serve' && !name.startsWith('-')) return await refuseCommand(name);
    const { main } = await import('./app/main.ts');
    await main(command.args, process.env);
  });
// Its flags come from the configuration schema: `exhook help serve` shows them too.
serve.helpInformation = () => `${serveHelp()}\n`;

// In the order of the help.
addDevCommands(program, terminal);
addDemoCommands(program, terminal);
addConfigurationCommands(program, terminal);
addRecordingCommands(program, terminal);
addPolicyCommands(program, terminal);
addSpoolCommands(program, terminal);
addBrokerCommands(program, terminal);

program
  .command('version')
  .description('Print the version.')
  .action(() => terminal.out(version));

await program.parseAsync();

/** The server is the default: anything that is not a command goes there. */
async function refuseCommand(name: string): Promise<void> {
  const { describeUnknownCommand } = await import('./cli/commands/unknown-command.ts');
  const names = program.commands.map((command) => command.name());
  terminal.err(describeUnknownCommand(name, [...names, 'help']));
  process.exitCode = 2;
}
