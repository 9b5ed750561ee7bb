/**
 * All sinks with their queues, and the dead letters.
 *
 * Pushing is cheap and never waits: a sink gets what was pushed in the next turn of the event loop, when the broker
 * has its answers. A slow sink costs neither memory beyond its limits nor a late answer, unless a route makes answers
 * wait for it.
 */

import { isDoneWithin } from '../lib/with-timeout.ts';
import type { Logger } from '../log/log.ts';
import { createRateLimit, type RateLimit } from '../log/rate-limit.ts';
import { type Clock, systemClock } from './clock.ts';
import { DeadLetters } from './dead-letters.ts';
import type { DrainScope } from './drain-waiters.ts';
import type { EventWatch } from './event-watch.ts';
import type { OpenedSink } from './opened-sink.ts';
import { type OutboxStats, readSinkStats, type SinkStats, sumStats } from './outbox-stats.ts';
import { SinkPipeline } from './sink-pipeline.ts';
import type { Spool } from './spool/spool.ts';
import { Tally } from './tally.ts';
import type { Undelivered } from './undelivered.ts';

export type { OutboxStats, SinkStats } from './outbox-stats.ts';

export interface OutboxOptions {
  readonly sinks: readonly OpenedSink[];
  readonly spool?: Pick<Spool, 'sinkLog'> | undefined;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Default: one line a second for each sink and kind. */
  readonly rateLimit?: RateLimit;
  readonly clock?: Clock;
  /** Milliseconds since 1970, for dead letters. */
  readonly date?: () => number;
  /** Told what becomes of each event. Default: nobody is. */
  readonly watch?: EventWatch | undefined;
}

export interface Outbox {
  readonly pipelines: readonly SinkPipeline[];
  /** Waits until the sinks have taken everything, or the time is up. Resolves to the number of events left. */
  flush(timeoutMs: number): Promise<number>;
  /** Flushes, spools what is left, and closes the sinks, within the time. Later events are dropped. */
  close(timeoutMs: number): Promise<Undelivered>;
  readonly stats: OutboxStats;
  /** The same for each sink. */
  readonly sinks: readonly SinkStats[];
}

/** The part of the time to close that is reserved for spooling what is left and closing the sinks. */
const RESERVE = 1 / 5;
/** The most that is reserved, in milliseconds. */
const MAX_RESERVE = 1000;

export function createOutbox(options: OutboxOptions): Outbox {
  const pipelines = createPipelines(options);

  async function flush(timeoutMs: number, scope: DrainScope): Promise<number> {
    await isDoneWithin(drainAll(pipelines, scope), timeoutMs);
    return sumStats(pipelines).queued;
  }

  async function close(timeoutMs: number): Promise<Undelivered> {
    const deadline = performance.now() + timeoutMs;
    await flush(timeoutMs - Math.min(timeoutMs * RESERVE, MAX_RESERVE), 'pushed');
    const undelivered = {
      lost: pipelines.reduce((sum, { queue }) => sum + queue.memory.pushed, 0),
      spooled: 0,
    };
    const ending = pipelines.map((pipeline) => endPipeline(pipeline, undelivered));
    await isDoneWithin(Promise.all(ending), Math.max(1, deadline - performance.now()));
    return undelivered;
  }

  return {
    pipelines,
    flush: (timeoutMs) => flush(timeoutMs, 'all'),
    close,
    get stats() {
      return sumStats(pipelines);
    },
    get sinks() {
      return pipelines.map(readSinkStats);
    },
  };
}

function createPipelines(options: OutboxOptions): readonly SinkPipeline[] {
  const { sinks, log, spool, watch, date = Date.now } = options;
  const { clock = systemClock, rateLimit = createRateLimit({ perSecond: 1 }) } = options;
  const deadLetters = new DeadLetters({
    date,
    findPipeline: (name) => pipelines.find(({ sink, opened }) => sink.name === name && !opened.takesAll),
  });
  const pipelines = sinks.map((opened): SinkPipeline => {
    const { name } = opened.sink;
    const watched = watch?.sink(name);
    const tally = new Tally(name, log, rateLimit, watched);
    return new SinkPipeline(opened, {
      clock,
      tally,
      watch: watched,
      // Sinks that take every event are for whoever looks now: their events are never spooled.
      sinkLog: opened.takesAll ? undefined : spool?.sinkLog(name),
      bury: (delivery, reason) => deadLetters.bury(opened, tally, delivery, reason),
    });
  });
  return pipelines;
}

/** A dead letter of one sink may go to another: drains again until no sink rejects anything. */
async function drainAll(pipelines: readonly SinkPipeline[], scope: DrainScope): Promise<void> {
  for (let before = -1; before !== sumStats(pipelines).failed; ) {
    before = sumStats(pipelines).failed;
    await Promise.all(pipelines.map((pipeline) => pipeline.drain(scope)));
  }
}

/** @param undelivered counts all pushed events as lost until it is known that they are spooled. */
async function endPipeline(
  pipeline: SinkPipeline,
  undelivered: { lost: number; spooled: number },
): Promise<void> {
  const before = pipeline.queue.memory.pushed;
  const { lost, spooled } = await pipeline.end();
  undelivered.lost += lost - before;
  undelivered.spooled += spooled;
  await pipeline.sink.close().catch((error) => pipeline.tally.closeFailed(error));
}
