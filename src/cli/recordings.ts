/** `exhook replay` and `exhook compare`: what can be done with recorded calls. */
import type { Command } from 'commander';
import { parseCount, parseNames, parseSpeed, parseUrl } from './arguments.ts';
import type { Terminal } from './commands/terminal.ts';

export function addRecordingCommands(program: Command, terminal: Terminal): void {
  program
    .command('replay')
    .description('Send recorded calls to a server as a broker does, and print each reply and a summary.')
    .argument('<recording...>', 'files written by `exhook serve --record FILE`')
    .option('--url <url>', 'the server to call', parseUrl, 'http://127.0.0.1:9000')
    .option('--ca <file>', 'a certificate authority to trust, when the server speaks TLS')
    .option('--cert <file>', 'a certificate to show to a server that asks for one (listen.tls.clientCa)')
    .option('--key <file>', 'its private key')
    .option('--connections <n>', 'how many connections to use; EMQX uses 8', parseCount, 8)
    .option(
      '--speed <x>',
      'pace: 1 as recorded, 2 twice as fast, max without waiting',
      parseSpeed,
      Number.POSITIVE_INFINITY,
    )
    .option('--loop <n>', 'send the recordings so many times', parseCount, 1)
    .option('--registered', 'leave out calls of hooks that the server did not ask for, as brokers do', false)
    .option('--summary', 'print the summary only', false)
    .addHelpText(
      'after',
      '\nExit status: 0 when every call was answered, 1 when one failed, 2 when nothing could be sent.',
    )
    .action(async (recordings: string[], options) => {
      const { replayCommand } = await import('./commands/replay.ts');
      process.exitCode = await replayCommand({ recordings, ...options }, terminal);
    });

  program
    .command('compare')
    .description('Show what a new configuration would decide otherwise, on recorded traffic.')
    .argument('<old>', 'the configuration file that is in force')
    .argument('<new>', 'the configuration file that is to replace it')
    .argument('<recording...>', 'files written by `exhook serve --record FILE`')
    .option('--only <names>', 'compare only some of authenticate, authorize, ingress, publish', parseNames)
    .option('--limit <n>', 'how many calls to show of each change', parseCount, 5)
    .option('--changed-only', 'print what would change, and nothing else', false)
    .option('--json', 'print one JSON document, with every call that would change', false)
    .addHelpText(
      'after',
      '\nServices are not asked, and recordings hold no passwords: calls that depend on them are counted as not told.\nExit status: 0 when nothing would change, 1 when something would or may, 2 when nothing could be said.',
    )
    .action(async (before: string, after: string, recordings: string[], options) => {
      const { compareCommand } = await import('./commands/compare.ts');
      process.exitCode = await compareCommand(
        { before, after, recordings, ...options },
        process.env,
        terminal,
      );
    });
}
