/** `exhook spool`: events that wait on disk. */
import type { Command } from 'commander';
import type { Terminal } from './commands/terminal.ts';

export function addSpoolCommands(program: Command, terminal: Terminal): void {
  const spool = program
    .command('spool')
    .description(
      'Look after the spool: events that wait on disk for their sinks. docs/spool.md explains it.',
    );

  spool
    .command('ls')
    .description('Show what waits: for which sink, how much, since when, and who is delivering it.')
    .requiredOption('--config <file>', 'the configuration file')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExit status: 0, or 2 when the spool cannot be opened.')
    .action(async (options) => {
      const { spoolLsCommand } = await import('./commands/spool.ts');
      process.exitCode = await spoolLsCommand(options, { env: process.env, terminal, now: Date.now });
    });

  spool
    .command('drain')
    .description('Deliver what waits, with the sinks of the configuration and without a server.')
    .requiredOption('--config <file>', 'the configuration file')
    .option('--timeout <duration>', 'give up after so long, such as 10m; the rest stays')
    .addHelpText('after', '\nExit status: 0 when the spool is empty, 1 when something is left.')
    .action(async (options) => {
      const { spoolDrainCommand } = await import('./commands/spool-drain.ts');
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      const world = { env: process.env, terminal, now: Date.now };
      process.exitCode = await spoolDrainCommand(options, world, stop.signal);
    });

  spool
    .command('purge')
    .description('Remove what waits, undelivered and for good. Asks first.')
    .argument('[sink]', 'only what waits for this sink')
    .requiredOption('--config <file>', 'the configuration file')
    .option('-y, --yes', 'do not ask', false)
    .option('--force', 'also what a running server is delivering', false)
    .addHelpText('after', '\nExit status: 0 when nothing is left, 1 when nothing was removed.')
    .action(async (sink: string | undefined, options) => {
      const { spoolPurgeCommand } = await import('./commands/spool.ts');
      const { askYesOrNo } = await import('./commands/ask-yes-or-no.ts');
      const world = { env: process.env, terminal, now: Date.now };
      process.exitCode = await spoolPurgeCommand({ sink, ...options }, world, askYesOrNo);
    });
}
