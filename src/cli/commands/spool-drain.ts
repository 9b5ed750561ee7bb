/**
 * `exhook spool drain`: delivers the events on disk, with the sinks of the configuration and without a
 * server.
 */

import { openSinks } from '../../events/open-sinks.ts';
import { createOutbox, type Outbox } from '../../events/outbox.ts';
import type { Spool } from '../../events/spool/spool.ts';
import { readDuration } from '../../lib/schema/units.ts';
import { sleep } from '../../lib/sleep.ts';
import { openSpoolOf, type SpoolCommandWorld, terminalLog } from './spool.ts';
import type { Terminal } from './terminal.ts';

export interface DrainOptions {
  readonly config: string;
  /** When to give up, such as `10m`. Default: never. */
  readonly timeout?: string | undefined;
}

/** Milliseconds between two checks, and two progress lines. */
const INTERVAL = 200;
/** Time limit for closing the sinks, in milliseconds. */
const CLOSE_TIMEOUT = 5000;

/**
 * @param signal aborted when the user interrupts the command.
 * @returns the exit status: 0 if the spool is empty, 1 if events are left.
 */
export async function spoolDrainCommand(
  { config: file, timeout: given }: DrainOptions,
  world: SpoolCommandWorld,
  signal: AbortSignal,
): Promise<number> {
  const timeout = given === undefined ? Number.POSITIVE_INFINITY : readDuration(given);
  if (timeout === undefined) {
    world.terminal.err('--timeout is not a duration; write a number and its unit, such as 10m or 30s');
    return 2;
  }
  const opened = await openSpoolOf(file, world);
  if (typeof opened === 'number') return opened;
  const { config, spool } = opened;
  const { terminal, env } = world;
  try {
    const log = terminalLog(terminal);
    const sinks = await openSinks(config.sinks, { log, env }).catch((error: Error) => error);
    if (sinks instanceof Error) {
      terminal.err(sinks.message);
      return 2;
    }
    const outbox = createOutbox({ sinks, spool, log });
    try {
      return await drain(spool, outbox, { terminal, timeout, signal });
    } finally {
      await outbox.close(CLOSE_TIMEOUT);
    }
  } finally {
    await spool.close();
  }
}

interface DrainWorld {
  readonly terminal: Terminal;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

async function drain(
  spool: Spool,
  outbox: Outbox,
  { terminal, timeout, signal }: DrainWorld,
): Promise<number> {
  const names = new Set(outbox.pipelines.map(({ sink }) => sink.name));
  const waiting = () => countOf(spool, (sink) => names.has(sink));
  const before = waiting();
  const until = performance.now() + timeout;
  let left = before;
  for (; left > 0 && !signal.aborted && performance.now() < until; left = waiting()) {
    terminal.progress(`${before - left} of ${before} events are delivered`);
    await sleep(INTERVAL, { signal }).catch(() => undefined);
  }
  terminal.progress('');
  const { failed } = outbox.stats;
  const refused =
    failed === 0 ? '' : ` Their sinks rejected ${failed} of them for good; see the lines above.`;
  if (before > 0) terminal.out(`${before - left} of ${before} events were removed from the spool.${refused}`);
  const strays = countOf(spool, (sink) => !names.has(sink));
  if (strays > 0)
    terminal.err(
      `${strays} events wait for sinks that the configuration does not have: exhook spool ls shows them`,
    );
  if (left + strays > 0) return 1;
  terminal.out('The spool is empty.');
  return 0;
}

function countOf(spool: Spool, isWanted: (sink: string) => boolean): number {
  return spool.totals().reduce((sum, { sink, count }) => sum + (isWanted(sink) ? count : 0), 0);
}
