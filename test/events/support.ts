/** Fakes for tests of queues: a clock that stands still, and sinks that do as they are told. */
import { Queue } from '../../src/config/sections/queue.ts';
import type { Clock } from '../../src/events/clock.ts';
import type { DropReason } from '../../src/events/delivery-observer.ts';
import type { OpenedSink } from '../../src/events/opened-sink.ts';
import { SinkPipeline, type SinkPipelineWorld } from '../../src/events/sink-pipeline.ts';
import type { Position, SinkLog } from '../../src/events/spool/spool.ts';
import { Tally } from '../../src/events/tally.ts';
import type { StampedEvent } from '../../src/protocol/schema/event.ts';
import type { Delivery } from '../../src/sinks/delivery.ts';
import type { Receipt, Sink } from '../../src/sinks/sink.ts';

export interface FakeClock extends Clock {
  /** Runs everything due in the turns of the event loop until nothing is left for this moment. */
  settle(): Promise<void>;
  /** Lets so many milliseconds pass, and everything happen that is due in them. */
  pass(milliseconds: number): Promise<void>;
}

export function aClock(random = 0): FakeClock {
  let time = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const turns: (() => void)[] = [];
  const settle = async (): Promise<void> => {
    // Promises of sinks and spools take a few more turns.
    for (let quiet = 0; quiet < 3; quiet++) {
      for (const run of turns.splice(0)) {
        run();
        quiet = 0;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    now: () => time,
    random: () => random,
    soon: (run) => void turns.push(run),
    after(milliseconds, run) {
      const timer = { at: time + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    settle,
    async pass(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        await settle();
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        time = next.at;
        next.run();
      }
      time = end;
    },
  };
}

export interface FakeSink extends Sink {
  /** The ids of each batch. */
  readonly batches: string[][];
  readonly deliveries: Delivery[];
  /** The ids that were confirmed, in that order. */
  readonly confirmed: string[];
  /** Batches that wait for their answer. */
  readonly waiting: { confirm(receipt?: Receipt): void; fail(error?: Error): void; ids: string[] }[];
  isClosed: boolean;
}

/** `asked` answers when the test says so; `down` throws; a function decides for each batch. */
export type Manner = 'fast' | 'asked' | 'down' | ((ids: string[]) => Receipt | Error | undefined);

export function aSink(manner: Manner | (() => Manner) = 'fast', name = 'fake'): FakeSink {
  const sink: FakeSink = {
    name,
    batches: [],
    deliveries: [],
    confirmed: [],
    waiting: [],
    isClosed: false,
    write(batch) {
      const ids = batch.map(({ id }) => id);
      sink.batches.push(ids);
      sink.deliveries.push(...batch);
      if (manner === 'fast') return void sink.confirmed.push(...ids);
      if (manner === 'down') throw new Error('down');
      if (manner === 'asked') return ask(sink, ids);
      const answer = (manner as (ids: string[]) => Receipt | Error | undefined)(ids);
      if (answer instanceof Error) throw answer;
      sink.confirmed.push(...confirmedOf(ids, answer));
      return Promise.resolve(answer);
    },
    async close() {
      sink.isClosed = true;
    },
  };
  return sink;
}

function ask(sink: FakeSink, ids: string[]): Promise<Receipt | undefined> {
  return new Promise((resolve, reject) => {
    sink.waiting.push({
      ids,
      confirm(receipt) {
        sink.confirmed.push(...confirmedOf(ids, receipt));
        resolve(receipt);
      },
      fail: (error = new Error('broken')) => reject(error),
    });
  });
}

export function confirmedOf(ids: string[], receipt: Receipt | undefined): string[] {
  const not = new Set([
    ...(receipt?.unconfirmed ?? []),
    ...(receipt?.rejected ?? []).map(({ index }) => index),
  ]);
  return ids.filter((_, i) => !not.has(i));
}

export function aDelivery(id: string, key = '', size = 0): Delivery {
  return {
    id,
    key,
    format: 'structured',
    contentType: 'application/cloudevents+json',
    attributes: { id },
    body: new Uint8Array(size),
  };
}

export function anEvent(id: string | number, payload = 0): StampedEvent {
  const data = { payload: new Uint8Array(payload) };
  return { id: String(id), source: 'emqx:///n', type: 'emqx.message.publish', time: 0, data };
}

type QueueInput = Parameters<typeof Queue.parse>[0];

export function aQueue(options: object = {}): OpenedSink['queue'] {
  const queue = Queue.parse(options as QueueInput);
  return { ...queue, concurrency: queue.concurrency ?? 1 };
}

export function opened(sink: Sink, queue: object = {}, rest: Partial<OpenedSink> = {}): OpenedSink {
  return { sink, queue: aQueue(queue), ...rest };
}

export interface SeenDeliveries {
  readonly dropped: [DropReason, number][];
  readonly rejected: [string, string][];
  failed: number;
  retried: number;
  recovered: number;
}

/** A tally that only takes notes. */
class NotingTally extends Tally {
  readonly seen: SeenDeliveries = { dropped: [], rejected: [], failed: 0, retried: 0, recovered: 0 };

  constructor() {
    super('fake', { info: doNothing, warn: doNothing, error: doNothing }, doNothing);
  }

  override dropped(reason: DropReason, events: number): void {
    this.seen.dropped.push([reason, events]);
  }

  override failed(): void {
    this.seen.failed++;
  }

  override retried(events: number): void {
    this.seen.retried += events;
  }

  override recovered(): void {
    this.seen.recovered++;
  }
}

export interface PipelineOptions {
  readonly queue?: object;
  readonly clock?: Clock;
  readonly bury?: SinkPipelineWorld['bury'];
  /** Called with entries that leave the spool. Default: no spool. */
  readonly confirm?: ((positions: readonly Position[]) => void) | undefined;
}

/** The pipeline of a sink, and what it reports. */
export function aPipeline(sink: Sink, { queue, clock = aClock(), bury, confirm }: PipelineOptions = {}) {
  const tally = new NotingTally();
  const { seen } = tally;
  const pipeline = new SinkPipeline(opened(sink, queue), {
    clock,
    tally,
    bury: bury ?? (({ id }, reason) => void seen.rejected.push([id, reason])),
    sinkLog: confirm && anEmptyLog(confirm),
  });
  return { pipeline, seen };
}

/** The log of a spool from which a test pushes entries itself. */
function anEmptyLog(confirm: (positions: readonly Position[]) => void): SinkLog {
  return {
    append: async () => [],
    claimNext: async () => [],
    confirm: async (positions) => confirm(positions),
    release: async () => {},
    size: 0,
    bytes: 0,
    onAvailable: doNothing,
  };
}

function doNothing(): void {}
