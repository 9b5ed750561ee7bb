/**
 * One sink with everything in front of it. Events go one way:
 *
 *     router -> pipeline -> queue <- dispatcher -> sink
 *                  ^          |
 *     spool -> spool feed     +-> settled: spool, dead letters
 */

import type { CircuitState } from '../lib/circuit-breaker.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Sink } from '../sinks/sink.ts';
import type { Clock } from './clock.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DrainScope } from './drain-waiters.ts';
import type { Entry, Waiter } from './entry.ts';
import type { SinkWatch } from './event-watch.ts';
import type { Overflow } from './memory-budget.ts';
import type { OpenedSink } from './opened-sink.ts';
import { SinkQueue } from './sink-queue.ts';
import type { Position, SinkLog, SpoolEntry } from './spool/spool.ts';
import { SpoolFeed } from './spool-feed.ts';
import type { Tally } from './tally.ts';
import type { Undelivered } from './undelivered.ts';

export interface SinkPipelineWorld {
  readonly clock: Clock;
  readonly tally: Tally;
  /** The log of this sink in the spool, where there is one. */
  readonly sinkLog: SinkLog | undefined;
  /** Puts away a delivery that the sink will never take. Never rejects. */
  readonly bury: (delivery: Delivery, reason: string) => void | Promise<void>;
  /** Told what becomes of each event. Default: nobody is. */
  readonly watch?: SinkWatch | undefined;
}

export class SinkPipeline {
  readonly sink: Sink;
  readonly opened: OpenedSink;
  readonly tally: Tally;
  readonly queue: SinkQueue;
  /** Nothing where there is no spool. */
  readonly spool: SpoolFeed | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #bury: SinkPipelineWorld['bury'];

  constructor(opened: OpenedSink, { clock, tally, sinkLog, bury, watch }: SinkPipelineWorld) {
    const { sink, queue, keepsEvents = false } = opened;
    this.sink = sink;
    this.opened = opened;
    this.tally = tally;
    this.#bury = bury;
    this.queue = new SinkQueue({
      queue,
      clock,
      keepsEvents,
      observer: tally,
      hasSpool: sinkLog !== undefined,
      watch,
      listener: {
        confirmed: (positions) => this.spool?.confirm(positions),
        rejected: (entry, reason) => this.#reject(entry, reason),
      },
    });
    this.#dispatcher = new Dispatcher({ sink, queue, clock, observer: tally }, this.queue);
    const failed = (error: unknown) => tally.spoolFailed(error);
    this.spool = sinkLog && new SpoolFeed({ sinkLog, clock, failed, watch }, this);
  }

  get circuit(): CircuitState {
    return this.#dispatcher.circuit;
  }

  /** @see SinkQueue.push */
  push(delivery: Delivery, bytes: number, overflow: Overflow, waiter?: Waiter): Entry | undefined {
    if (waiter !== undefined) this.expectWaiters();
    const entry = this.queue.push(delivery, bytes, overflow, waiter);
    if (entry !== undefined) this.#dispatcher.schedule();
    return entry;
  }

  /** Takes what the feed has read from the spool. */
  pushSpooled(entries: readonly SpoolEntry[]): void {
    this.queue.pushSpooled(entries);
    this.#dispatcher.schedule();
  }

  /** Publishers may wait for events of this sink. */
  expectWaiters(): void {
    this.#dispatcher.expectWaiters();
  }

  /** @see Dispatcher.isHopeless */
  isHopeless(patience: number): boolean {
    return this.#dispatcher.isHopeless(patience);
  }

  /** @see Dispatcher.isTooBusy */
  isTooBusy(key: string, patience: number): boolean {
    return this.#dispatcher.isTooBusy(key, patience);
  }

  /** Resolves when the queue is empty. From now on batches do not linger. */
  drain(scope: DrainScope = 'all'): Promise<void> {
    this.#dispatcher.flush();
    return this.queue.drained(scope);
  }

  /**
   * Ends all work. What was not delivered goes to the spool, if there is one.
   *
   * @returns how many events are lost, and how many are in the spool.
   */
  async end(): Promise<Undelivered> {
    this.#dispatcher.end();
    const undelivered = this.queue.end();
    const positions = undelivered.flatMap(({ position }) => (position === undefined ? [] : [position]));
    const pushed = undelivered.filter(({ position }) => position === undefined);
    const isKept = await this.#keep(pushed.map(({ delivery }) => delivery));
    await this.spool?.end(positions);
    return isKept ? { lost: 0, spooled: pushed.length } : { lost: pushed.length, spooled: 0 };
  }

  async #keep(deliveries: readonly Delivery[]): Promise<boolean> {
    if (this.spool === undefined) return deliveries.length === 0;
    try {
      await this.spool.keep(deliveries);
      return true;
    } catch (error) {
      this.tally.spoolFailed(error);
      return false;
    }
  }

  /** The entry leaves the spool when it is put away, and not before. */
  #reject(
    { delivery, position }: { readonly delivery: Delivery; readonly position: Position | undefined },
    reason: string,
  ): void | Promise<void> {
    const release = (): void => {
      if (position !== undefined) this.spool?.confirm([position]);
    };
    const buried = this.#bury(delivery, reason);
    return buried === undefined ? release() : buried.then(release);
  }
}
