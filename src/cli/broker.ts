/** `exhook doctor`, `exhook emqx-config` and `exhook register`: commands for the broker's configuration. */
import type { Command } from 'commander';
import type { Terminal } from './commands/terminal.ts';

export function addBrokerCommands(program: Command, terminal: Terminal): void {
  withAccessOptions(program.command('doctor'))
    .description("Check a broker through EMQX's REST API, and report problems with their remedy.")
    .option('--config <file>', 'the configuration of this server, to compare the broker with')
    .option('--name <name>', 'the name of this server in the broker')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExit status: 0, 1 if there is an error, 2 if the broker could not be reached.')
    .action(async (options) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      process.exitCode = await doctorCommand(options, process.env, terminal);
    });

  program
    .command('emqx-config')
    .description('Print the settings of the broker for this server: for emqx.conf, and as REST calls.')
    .requiredOption('--config <file>', 'the configuration file')
    .option('--url <url>', 'the URL of this server for brokers, such as http://10.0.0.5:9000')
    .option('--name <name>', 'the name of this server in the broker')
    .option('--emqx <url>', "the URL of EMQX's REST API, for the printed calls")
    .option('--emqx-version <version>', 'the release of the broker, such as 6.2.0')
    .action(async (options) => {
      const { emqxConfigCommand } = await import('./commands/emqx-config.ts');
      process.exitCode = await emqxConfigCommand(options, process.env, terminal);
    });

  withAccessOptions(program.command('register'))
    .description("Register this server at a broker, through EMQX's REST API. Changes only what differs.")
    .requiredOption('--config <file>', 'the configuration file')
    .requiredOption('--url <url>', 'the URL of this server for brokers, such as http://10.0.0.5:9000')
    .option('--name <name>', 'the name of this server in the broker')
    .option('--reload', 'disable and enable it, which makes the broker read the hook list again', false)
    .option('--no-guard', 'do not change the authenticators of the broker')
    .option('--dry-run', 'only print what would be done', false)
    .addHelpText(
      'after',
      '\nExit status: 0, 1 if a node is not connected, 2 if the broker could not be reached.',
    )
    .action(async (options) => {
      const { registerCommand } = await import('./commands/register.ts');
      process.exitCode = await registerCommand(options, process.env, terminal);
    });
}

function withAccessOptions(command: Command): Command {
  return command
    .requiredOption(
      '--emqx <url>',
      "the URL of EMQX's dashboard and REST API, such as http://127.0.0.1:18083",
    )
    .option('--key <key>', 'an API key of EMQX (default: EMQX_API_KEY)')
    .option('--secret <secret>', 'its secret; better: EMQX_API_SECRET')
    .option('--secret-file <file>', 'a file with the secret')
    .option('--ca <file>', 'a certificate authority to trust');
}
