/**
 * Takes events out of the flow of calls. Pushing is cheap, never waits and never throws; the sinks get what was
 * pushed in the next turn of the event loop, when the broker has its answers.
 *
 * A sink that is slower than the broker costs its own oldest events, which are counted and logged: it costs
 * neither memory nor a late answer.
 */
import type { StampedEvent } from '../schema/event.ts';
import type { Sink } from '../sinks/sink.ts';
import type { Logger } from '../telemetry/log.ts';
import { createRateLimit, type RateLimit } from '../telemetry/rate-limit.ts';
import { estimateBytes } from './estimate.ts';
import { type Bounds, Lane } from './lane.ts';

export interface OutboxOptions extends Partial<Bounds> {
  readonly sinks: readonly Sink[];
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Default: one line a second for each sink and kind. */
  readonly rateLimit?: RateLimit;
}

export interface OutboxStats {
  /** Events that wait for a sink, or are on their way into one. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Events that a full queue has cost so far. */
  readonly dropped: number;
  /** Events that a sink has refused so far. */
  readonly failed: number;
}

export interface SinkStats extends OutboxStats {
  readonly sink: string;
}

export interface Outbox {
  push(event: StampedEvent): void;
  /** Waits until the sinks have taken everything, or the time is up. Resolves to the number of events left. */
  flush(timeoutMs: number): Promise<number>;
  /** Flushes, then closes the sinks, within the time. What is pushed from now on is dropped. */
  close(timeoutMs: number): Promise<number>;
  readonly stats: OutboxStats;
  /** The same for each sink. */
  readonly sinks: readonly SinkStats[];
}

/** Seconds of a busy broker, in a few dozen megabytes. */
export const defaultBounds: Bounds = { maxEvents: 100_000, maxBytes: 64 * 1024 * 1024 };

export function createOutbox(options: OutboxOptions): Outbox {
  const { sinks, log, rateLimit = createRateLimit({ perSecond: 1 }) } = options;
  const bounds: Bounds = {
    maxEvents: options.maxEvents ?? defaultBounds.maxEvents,
    maxBytes: options.maxBytes ?? defaultBounds.maxBytes,
  };
  const tally = createTally(log, rateLimit);
  const lanes = sinks.map((sink) => new Lane(sink, bounds, tally));
  let isClosed = false;

  const total = (pick: (lane: Lane) => number): number => lanes.reduce((sum, lane) => sum + pick(lane), 0);
  const queued = (): number => total((lane) => lane.size);

  async function flush(timeoutMs: number): Promise<number> {
    await within(timeoutMs, Promise.all(lanes.map((lane) => lane.idle())));
    return queued();
  }

  async function close(timeoutMs: number): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    isClosed = true;
    await flush(timeoutMs);
    const closed = sinks.map((sink) => closeSink(sink, tally));
    await within(Math.max(0, deadline - performance.now()), Promise.all(closed));
    return queued();
  }

  return {
    push(event) {
      if (isClosed)
        return void sinks.forEach((sink) => {
          tally.dropped(sink, 1);
        });
      if (lanes.length === 0) return;
      const bytes = estimateSafely(event);
      for (const lane of lanes) lane.push(event, bytes);
    },
    flush,
    close,
    get stats() {
      const { droppedEvents, failedEvents } = tally;
      return {
        queued: queued(),
        queuedBytes: total((lane) => lane.bytes),
        dropped: droppedEvents,
        failed: failedEvents,
      };
    },
    get sinks() {
      return sinks.map((sink, i) => {
        const { size: queued = 0, bytes: queuedBytes = 0 } = lanes[i] ?? {};
        return { sink: sink.name, queued, queuedBytes, ...tally.lossesOf(sink) };
      });
    },
  };
}

/** Counts what is lost, and says so, but not for every event. */
function createTally(log: OutboxOptions['log'], rateLimit: RateLimit) {
  const unlogged = new Map<string, number>();
  const losses = new Map<Sink, { dropped: number; failed: number }>();

  function lossesOf(sink: Sink): { dropped: number; failed: number } {
    const known = losses.get(sink) ?? { dropped: 0, failed: 0 };
    losses.set(sink, known);
    return known;
  }

  function report(kind: string, { name }: Sink, events: number, write: (events: number) => void): void {
    const key = `${kind} ${name}`;
    unlogged.set(key, (unlogged.get(key) ?? 0) + events);
    rateLimit(key, () => {
      const count = unlogged.get(key) ?? 0;
      unlogged.set(key, 0);
      write(count);
    });
  }

  return {
    lossesOf,
    droppedEvents: 0,
    failedEvents: 0,
    dropped(sink: Sink, events: number): void {
      this.droppedEvents += events;
      lossesOf(sink).dropped += events;
      report('sink_full', sink, events, (count) =>
        log.warn(
          { code: 'sink_full', sink: sink.name, events: count },
          'events were dropped: the sink takes them slower than they come',
        ),
      );
    },
    failed(sink: Sink, error: unknown, events: number): void {
      this.failedEvents += events;
      lossesOf(sink).failed += events;
      report('sink_failed', sink, events, (count) =>
        log.error({ code: 'sink_failed', sink: sink.name, events: count, err: error }, 'a sink failed'),
      );
    },
  };
}

async function closeSink(sink: Sink, tally: ReturnType<typeof createTally>): Promise<void> {
  try {
    await sink.close();
  } catch (error) {
    tally.failed(sink, error, 0);
  }
}

/** A hook of one's own may report data with a getter that throws. */
function estimateSafely(event: StampedEvent): number {
  try {
    return estimateBytes(event);
  } catch {
    return 1024;
  }
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
