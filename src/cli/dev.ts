/** `exhook dev`: try a policy with any MQTT client, without EMQX. */
import { type Command, Option } from 'commander';
import { parsePort } from './arguments.ts';
import type { Terminal } from './commands/terminal.ts';
import { DEFAULT_RELEASE, releases } from './dev/exhook/release.ts';

export function addDevCommands(program: Command, terminal: Terminal): void {
  program
    .command('dev')
    .description('Start the server with a small MQTT broker that calls it as EMQX does, to try a policy.')
    .option('--config <file>', 'the configuration (default: EXHOOK_CONFIG, or an example)')
    .option('--mqtt <port>', 'MQTT over TCP; 0 takes a free port', parsePort, 1883)
    .option('--ws <port>', 'MQTT over WebSocket, at the path /mqtt; 0 takes a free port', parsePort, 8083)
    .option('--inspect <port>', 'the page that shows each call; 0 takes a free port', parsePort, 9002)
    .option('--write', 'let that page save the configuration file', false)
    .addOption(
      new Option('--as <release>', 'the release of EMQX to call as')
        .choices(Object.keys(releases))
        .default(DEFAULT_RELEASE),
    )
    .option('--like-emqx', 'remember verdicts about topics for a minute, as EMQX does', false)
    .addHelpText(
      'after',
      '\nThe broker listens on 127.0.0.1 only. A configuration or module that changes on disk is loaded again.\nExit status: 0 after SIGTERM or SIGINT, 2 when the configuration is not good or a port cannot be had.',
    )
    .action(async (options) => {
      const { devCommand } = await import('./dev/command.ts');
      process.exitCode = await devCommand(options, process.env, terminal);
    });
}
