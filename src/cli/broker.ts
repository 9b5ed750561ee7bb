/** `exhook doctor`, `exhook emqx-config` and `exhook register`: the broker's side. */
import type { Command } from 'commander';
import type { Terminal } from './commands/terminal.ts';

export function addBrokerCommands(program: Command, terminal: Terminal): void {
  withAccessOptions(program.command('doctor'))
    .description("Look at a broker through EMQX's REST API, and say what is wrong with it and what to do.")
    .option('--config <file>', 'the configuration of this server, to compare with')
    .option('--name <name>', 'what the broker calls this server')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExit status: 0, 1 when there is an error, 2 when the broker could not be asked.')
    .action(async (options) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      process.exitCode = await doctorCommand(options, process.env, terminal);
    });

  program
    .command('emqx-config')
    .description('Print what a broker must be told about this server: for emqx.conf, and as REST calls.')
    .requiredOption('--config <file>', 'the configuration file')
    .option('--url <url>', 'this server as brokers reach it, such as http://10.0.0.5:9000')
    .option('--name <name>', 'what the broker calls this server')
    .option('--emqx <url>', "EMQX's REST API, for the calls that are printed")
    .option('--emqx-version <version>', 'the release of the broker, such as 6.2.0')
    .action(async (options) => {
      const { emqxConfigCommand } = await import('./commands/emqx-config.ts');
      process.exitCode = await emqxConfigCommand(options, process.env, terminal);
    });

  withAccessOptions(program.command('register'))
    .description("Make a broker know this server, through EMQX's REST API. Changes what differs only.")
    .requiredOption('--config <file>', 'the configuration file')
    .requiredOption('--url <url>', 'this server as brokers reach it, such as http://10.0.0.5:9000')
    .option('--name <name>', 'what the broker calls this server')
    .option('--reload', 'disable and enable it, so that the broker reads the list of hooks again', false)
    .option('--no-guard', 'leave the authenticators of the broker alone')
    .option('--dry-run', 'say what would be done', false)
    .addHelpText(
      'after',
      '\nExit status: 0, 1 when a node is not connected, 2 when the broker could not be asked.',
    )
    .action(async (options) => {
      const { registerCommand } = await import('./commands/register.ts');
      process.exitCode = await registerCommand(options, process.env, terminal);
    });
}

function withAccessOptions(command: Command): Command {
  return command
    .requiredOption('--emqx <url>', "EMQX's dashboard and REST API, such as http://127.0.0.1:18083")
    .option('--key <key>', 'an API key of EMQX (default: EMQX_API_KEY)')
    .option('--secret <secret>', 'its secret; better: EMQX_API_SECRET')
    .option('--secret-file <file>', 'a file with the secret')
    .option('--ca <file>', 'a certificate authority to trust');
}
