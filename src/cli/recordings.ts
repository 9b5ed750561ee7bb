/** `exhook replay` and `exhook compare`: use recorded calls. */
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
    .option('--cert <file>', 'a certificate for a server that requests one (listen.tls.clientCa)')
    .option('--key <file>', 'its private key')
    .option('--connections <n>', 'how many connections to use; EMQX uses 8', parseCount, 8)
    .option(
      '--speed <x>',
      'pace: 1 as recorded, 2 twice as fast, max without waiting',
      parseSpeed,
      Number.POSITIVE_INFINITY,
    )
    .option('--loop <n>', 'send the recordings this many times', parseCount, 1)
    .option('--registered', 'leave out calls of hooks that the server did not ask for, as brokers do', false)
    .option('--summary', 'print only the summary', false)
    .addHelpText(
      'after',
      '\nExit status: 0 if every call was answered, 1 if one failed, 2 if nothing could be sent.',
    )
    .action(async (recordings: string[], options) => {
      const { replayCommand } = await import('./commands/replay.ts');
      process.exitCode = await replayCommand({ recordings, ...options }, terminal);
    });

  program
    .command('compare')
    .description('Show which decisions a new configuration would change, on recorded traffic.')
    .argument('<old>', 'the current configuration file')
    .argument('<new>', 'the new configuration file')
    .argument('<recording...>', 'files written by `exhook serve --record FILE`')
    .option(
      '--only <names>',
      'compare only these hooks: authenticate, authorize, ingress, publish',
      parseNames,
    )
    .option('--limit <n>', 'how many calls to show per change', parseCount, 5)
    .option('--changed-only', 'print only what would change', false)
    .option('--json', 'print one JSON document, with every call that would change', false)
    .addHelpText(
      'after',
      '\nServices are not called, and recordings have no passwords: calls that depend on them are counted as unknown.\nExit status: 0 if nothing would change, 1 if something would or may change, 2 if the files could not be compared.',
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
