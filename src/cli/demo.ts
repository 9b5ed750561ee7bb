/** `exhook demo`: what the server does, without a broker and without a configuration. */
import type { Command } from 'commander';
import { parsePort } from './arguments.ts';
import type { Terminal } from './commands/terminal.ts';

export function addDemoCommands(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('Show the server at work: the dev broker, an example policy and simulated devices.')
    .option('--mqtt <port>', 'MQTT over TCP; 0 takes a free port', parsePort, 1883)
    .option('--ws <port>', 'MQTT over WebSocket; 0 takes a free port', parsePort, 8083)
    .option('--inspect <port>', 'the page that shows each call; 0 takes a free port', parsePort, 9002)
    .option('--replay', 'replay the recorded life of a broker instead, and end', false)
    .addHelpText(
      'after',
      '\nWithout a terminal it replays the recording. Exit status: 0, or 2 when it cannot start.',
    )
    .action(async ({ replay, ...ports }) => {
      if (replay || !terminal.isInteractive) {
        const { replayDemo } = await import('./demo/replay-demo.ts');
        process.exitCode = await replayDemo(terminal);
        return;
      }
      const { demoCommand } = await import('./demo/command.ts');
      process.exitCode = await demoCommand(ports, process.env, terminal);
    });
}
