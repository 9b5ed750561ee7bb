/** `exhook spool`: manages events on disk. */
import type { Command } from 'commander';
import type { Terminal } from './commands/terminal.ts';

export function addSpoolCommands(program: Command, terminal: Terminal): void {
  const spool = program
    .command('spool')
    .description('Manage the spool: events that wait on disk for their sinks. See docs/spool.md.');

  spool
    .command('ls')
    .description('List waiting events: for which sink, how many, since when, and who is delivering them.')
    .requiredOption('--config <file>', 'the configuration file')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExit status: 0, or 2 if the spool cannot be opened.')
    .action(async (options) => {
      const { spoolLsCommand } = await import('./commands/spool.ts');
      process.exitCode = await spoolLsCommand(options, { env: process.env, terminal, now: Date.now });
    });

  spool
    .command('drain')
    .description('Deliver waiting events, with the sinks of the configuration and without a server.')
    .requiredOption('--config <file>', 'the configuration file')
    .option('--timeout <duration>', 'time limit, such as 10m; undelivered events stay')
    .addHelpText('after', '\nExit status: 0 if the spool is empty, 1 if events are left.')
    .action(async (options) => {
      const { spoolDrainCommand } = await import('./commands/spool-drain.ts');
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      const world = { env: process.env, terminal, now: Date.now };
      process.exitCode = await spoolDrainCommand(options, world, stop.signal);
    });

  spool
    .command('purge')
    .description('Remove waiting events permanently, without delivery. Asks first.')
    .argument('[sink]', 'only events for this sink')
    .requiredOption('--config <file>', 'the configuration file')
    .option('-y, --yes', 'do not ask', false)
    .option('--force', 'also events that a running server is delivering', false)
    .addHelpText('after', '\nExit status: 0 if no events are left, 1 if nothing was removed.')
    .action(async (sink: string | undefined, options) => {
      const { spoolPurgeCommand } = await import('./commands/spool.ts');
      const { askYesOrNo } = await import('./commands/ask-yes-or-no.ts');
      const world = { env: process.env, terminal, now: Date.now };
      process.exitCode = await spoolPurgeCommand({ sink, ...options }, world, askYesOrNo);
    });
}
