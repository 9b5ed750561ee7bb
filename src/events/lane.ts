/** The queue in front of one sink: bounded, in order, one batch under way at a time. */
import type { StampedEvent } from '../schema/event.ts';
import type { Sink } from '../sinks/sink.ts';

export interface Bounds {
  /** Most events that wait for a sink, those under way included. */
  readonly maxEvents: number;
  /** Most bytes they may hold, by estimate. */
  readonly maxBytes: number;
}

/** Told what went wrong; both only count and log. */
export interface LaneObserver {
  dropped(sink: Sink, events: number): void;
  failed(sink: Sink, error: unknown, events: number): void;
}

/** A batch is small, so that calls are answered between two of them. */
const BATCH_EVENTS = 512;
const BATCH_BYTES = 1024 * 1024;

interface Entry {
  readonly event: StampedEvent;
  readonly bytes: number;
}

export class Lane {
  readonly #sink: Sink;
  readonly #bounds: Bounds;
  readonly #observer: LaneObserver;
  /** Entries before `#head` are gone; the array is cut when half of it is. */
  #queue: Entry[] = [];
  #head = 0;
  #events = 0;
  #bytes = 0;
  #isWriting = false;
  #isScheduled = false;
  #idle: (() => void)[] = [];

  constructor(sink: Sink, bounds: Bounds, observer: LaneObserver) {
    this.#sink = sink;
    this.#bounds = bounds;
    this.#observer = observer;
  }

  /** Events that wait or are under way. */
  get size(): number {
    return this.#events;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The oldest make room for the newest; what could never fit is dropped itself. */
  push(event: StampedEvent, bytes: number): void {
    const dropped = this.#makeRoom(bytes);
    if (this.#fits(bytes)) this.#append({ event, bytes });
    else this.#observer.dropped(this.#sink, 1);
    if (dropped > 0) this.#observer.dropped(this.#sink, dropped);
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    if (this.#events === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #fits(bytes: number): boolean {
    return this.#events < this.#bounds.maxEvents && this.#bytes + bytes <= this.#bounds.maxBytes;
  }

  #makeRoom(bytes: number): number {
    if (bytes > this.#bounds.maxBytes) return 0;
    let dropped = 0;
    for (; !this.#fits(bytes); dropped++) {
      const oldest = this.#shift();
      if (oldest === undefined) break;
      this.#forget(oldest);
    }
    return dropped;
  }

  #append(entry: Entry): void {
    this.#queue.push(entry);
    this.#events++;
    this.#bytes += entry.bytes;
    this.#schedule();
  }

  #shift(): Entry | undefined {
    const entry = this.#queue[this.#head];
    if (entry === undefined) return undefined;
    this.#head++;
    // Half of the array at once: cutting it for each event would cost its length each time.
    if (this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  #forget({ bytes }: Entry): void {
    this.#events--;
    this.#bytes -= bytes;
  }

  /** Once for each turn of the event loop, after the calls of this turn have been answered. */
  #schedule(): void {
    if (this.#isScheduled || this.#isWriting) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#drain();
    });
  }

  #takeBatch(): Entry[] {
    const batch: Entry[] = [];
    for (let bytes = 0; batch.length < BATCH_EVENTS && bytes < BATCH_BYTES; ) {
      const entry = this.#shift();
      if (entry === undefined) break;
      bytes += entry.bytes;
      batch.push(entry);
    }
    return batch;
  }

  #drain(): void {
    const batch = this.#takeBatch();
    try {
      const written = this.#sink.write(batch.map(({ event }) => event));
      if (written === undefined) this.#settle(batch);
      else this.#await(batch, written);
    } catch (error) {
      this.#fail(batch, error);
    }
  }

  #await(batch: readonly Entry[], written: Promise<void>): void {
    this.#isWriting = true;
    written.then(
      () => this.#settle(batch),
      (error) => this.#fail(batch, error),
    );
  }

  #fail(batch: readonly Entry[], error: unknown): void {
    this.#observer.failed(this.#sink, error, batch.length);
    this.#settle(batch);
  }

  #settle(batch: readonly Entry[]): void {
    this.#isWriting = false;
    for (const entry of batch) this.#forget(entry);
    if (this.#events > 0) this.#schedule();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }
}
