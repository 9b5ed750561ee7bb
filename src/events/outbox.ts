/**
 * Everything between events and sinks: a queue in front of each sink, dead letters, and the end of it all.
 *
 * Pushing is cheap and never waits; the sinks get what was pushed in the next turn of the event loop, when the
 * broker has its answers. A sink that is slow or down costs neither memory beyond its bounds nor a late answer,
 * unless a route says that answers wait for it.
 */

import { isDoneWithin } from '../lib/with-timeout.ts';
import type { Logger } from '../log/log.ts';
import { createRateLimit, type RateLimit } from '../log/rate-limit.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Spool } from '../spool/spool.ts';
import { type Clock, systemClock } from './clock.ts';
import { DeadLetterFile, deadLetterLine, markDead } from './dead-letter.ts';
import type { OpenedSink } from './opened-sink.ts';
import { SinkPipeline } from './sink-pipeline.ts';
import { type Counts, Tally } from './tally.ts';
import type { Undelivered } from './undelivered.ts';

export interface OutboxOptions {
  readonly sinks: readonly OpenedSink[];
  readonly spool?: Pick<Spool, 'lane'> | undefined;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Default: one line a second for each sink and kind. */
  readonly rateLimit?: RateLimit;
  readonly clock?: Clock;
  /** Milliseconds since 1970, for dead letters. */
  readonly date?: () => number;
}

export interface OutboxStats {
  /** Events that wait for a sink in memory, or are on their way into one. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Events that were lost so far: to a full queue, or because there was no place for a dead letter. */
  readonly dropped: number;
  /** Events that sinks have refused for good so far. */
  readonly failed: number;
}

export interface SinkStats extends OutboxStats, Omit<Counts, 'dropped' | 'rejected'> {
  readonly sink: string;
  readonly droppedBy: Readonly<Counts['dropped']>;
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Events in the spool of this sink, of all processes; 0 where there is none. */
  readonly spooled: number;
  readonly spooledBytes: number;
  /** The most events and bytes that may wait in memory: `queue.maxEvents`, `queue.maxBytes`. */
  readonly queueLimit: number;
  readonly queueLimitBytes: number;
}

export interface Outbox {
  readonly pipelines: readonly SinkPipeline[];
  /** Waits until the sinks have taken everything, or the time is up. Resolves to the number of events left. */
  flush(timeoutMs: number): Promise<number>;
  /** Flushes, keeps in the spool what is left, and closes the sinks, within the time. What comes later is dropped. */
  close(timeoutMs: number): Promise<Undelivered>;
  readonly stats: OutboxStats;
  /** The same for each sink. */
  readonly sinks: readonly SinkStats[];
}

/** The part of the time to close that is kept for what the sinks have not taken: to spool it, and to close. */
const RESERVE = 1 / 5;
/** That part is no longer than this, in milliseconds. */
const MAX_RESERVE = 1000;

export function createOutbox(options: OutboxOptions): Outbox {
  const { log, spool, clock = systemClock, rateLimit = createRateLimit({ perSecond: 1 }) } = options;
  const pipelines = options.sinks.map((opened) => {
    const { name } = opened.sink;
    const tally = new Tally(name, log, rateLimit);
    const reject = (delivery: Delivery, reason: string) => bury(opened, tally, delivery, reason);
    // Events that go everywhere are for whoever looks now: they are never kept.
    const lane = opened.takesAll ? undefined : spool?.lane(name);
    return new SinkPipeline(opened, { clock, tally, spool: lane, reject });
  });
  const files = new Map<string, DeadLetterFile>();
  const date = options.date ?? Date.now;

  /** Puts a delivery away that its sink will never take. Never rejects. */
  async function bury(
    { sink: { name }, deadLetter }: OpenedSink,
    tally: Tally,
    delivery: Delivery,
    reason: string,
  ): Promise<void> {
    tally.rejected(reason, deadLetter !== undefined);
    if (deadLetter === undefined) return;
    const letter = { delivery, sink: name, reason };
    try {
      if (typeof deadLetter === 'string') await buryInSink(deadLetter, markDead(letter));
      else await fileOf(deadLetter.file).append(deadLetterLine(letter, date()));
    } catch (error) {
      tally.lostDeadLetter(error);
    }
  }

  async function buryInSink(name: string, delivery: Delivery): Promise<void> {
    const pipeline = pipelines.find(({ sink, opened }) => sink.name === name && !opened.takesAll);
    if (pipeline?.spool !== undefined) await pipeline.spool.append(delivery);
    else pipeline?.queue.push(delivery, delivery.body.byteLength, 'drop-oldest');
  }

  function fileOf(path: string): DeadLetterFile {
    const known = files.get(path) ?? new DeadLetterFile(path);
    files.set(path, known);
    return known;
  }

  const total = (pick: (pipeline: SinkPipeline) => number): number =>
    pipelines.reduce((sum, pipeline) => sum + pick(pipeline), 0);
  const queued = (): number => total(({ queue }) => queue.size);

  async function flush(timeoutMs: number, what: 'all' | 'pushed' = 'all'): Promise<number> {
    const idle = async (): Promise<void> => {
      // What one sink refuses may be on its way into another: again until nothing moves.
      for (let before = -1; before !== total(({ tally }) => tally.counts.rejected); ) {
        before = total(({ tally }) => tally.counts.rejected);
        await Promise.all(pipelines.map(({ queue }) => queue.idle(what)));
      }
    };
    await isDoneWithin(idle(), timeoutMs);
    return queued();
  }

  async function close(timeoutMs: number): Promise<Undelivered> {
    const deadline = performance.now() + timeoutMs;
    await flush(timeoutMs - Math.min(timeoutMs * RESERVE, MAX_RESERVE), 'pushed');
    const left = { lost: total(({ queue }) => queue.pushed), spooled: 0 };
    const ending = pipelines.map(async (pipeline) => {
      const before = pipeline.queue.pushed;
      const { lost, spooled } = await pipeline.end();
      left.lost += lost - before;
      left.spooled += spooled;
      await pipeline.sink.close().catch((error) => pipeline.tally.closeFailed(error));
    });
    await isDoneWithin(Promise.all(ending), Math.max(1, deadline - performance.now()));
    return left;
  }

  return {
    pipelines,
    flush: (timeoutMs) => flush(timeoutMs),
    close,
    get stats() {
      return {
        queued: queued(),
        queuedBytes: total(({ queue }) => queue.bytes),
        dropped: total(({ tally }) => lostOf(tally.counts)),
        failed: total(({ tally }) => tally.counts.rejected),
      };
    },
    get sinks() {
      return pipelines.map(statsOf);
    },
  };
}

function statsOf({ sink, opened, queue, spool, tally }: SinkPipeline): SinkStats {
  const { dropped, rejected, ...counts } = tally.counts;
  return {
    ...counts,
    sink: sink.name,
    queued: queue.size,
    queuedBytes: queue.bytes,
    dropped: lostOf(tally.counts),
    droppedBy: dropped,
    failed: rejected,
    circuit: queue.circuit,
    spooled: spool?.size ?? 0,
    spooledBytes: spool?.bytes ?? 0,
    queueLimit: opened.queue.maxEvents,
    queueLimitBytes: opened.queue.maxBytes,
  };
}

/** A withdrawn event is no loss: its publisher was told. */
function lostOf({ dropped: { full, closed, dead_letter } }: Counts): number {
  return full + closed + dead_letter;
}
