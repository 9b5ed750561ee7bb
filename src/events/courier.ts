/**
 * Carries what waits in the partitions of a lane into its sink: when a batch may go, when one is tried again, and
 * when the sink is left alone.
 */
import type { QueueOptions } from '../config/sections/queue.ts';
import type { Sink } from '../sinks/sink.ts';
import { Circuit, type CircuitState } from './circuit.ts';
import type { Clock } from './clock.ts';
import type { Entry } from './entry.ts';
import { Partition, partitionOf } from './partition.ts';
import { type BatchResult, writeBatch } from './write-batch.ts';

export interface CourierOptions {
  readonly sink: Pick<Sink, 'name' | 'write'>;
  readonly queue: QueueOptions & { readonly concurrency: number };
  readonly clock: Clock;
}

/** Told what becomes of entries, which are not under way any more. */
export interface CourierResults {
  wrote(): void;
  confirmed(entries: readonly Entry[]): void;
  rejected(entry: Entry, reason: string): void;
  /** @returns whether the entry is to wait for another batch. */
  mayTryAgain(entry: Entry): boolean;
  /** They wait again, before anything newer. */
  putBack(entries: readonly Entry[]): void;
  /** Nothing of a batch was confirmed. */
  failed(error: unknown, events: number): void;
  /** The sink has failed so often that it is left alone for a while. */
  stayedDown(error: unknown): void;
  recovered(): void;
  /** All that may go is under way. */
  turned(): void;
}

export class Courier {
  readonly #options: CourierOptions;
  readonly #results: CourierResults;
  readonly #partitions: readonly Partition[];
  readonly #circuit: Circuit;
  #isScheduled = false;
  #isHurried = false;
  #isEnded = false;
  #wakeAt = Number.POSITIVE_INFINITY;
  #stopWaking: () => void = doNothing;

  constructor(options: CourierOptions, results: CourierResults) {
    const { queue, clock } = options;
    this.#options = options;
    this.#results = results;
    this.#partitions = Array.from({ length: queue.concurrency }, () => new Partition());
    this.#circuit = new Circuit({ ...queue.retry, now: clock.now, random: clock.random });
  }

  get circuit(): CircuitState {
    return this.#circuit.state;
  }

  /** Whether the sink is down, and nobody who waits so many milliseconds need wait for it. */
  isHopeless(patience: number): boolean {
    return this.#circuit.isHopeless(patience);
  }

  partitionOf(key: string): Partition {
    return this.#partitions[partitionOf(key, this.#partitions.length)] as Partition;
  }

  /** Once for each turn of the event loop, after the calls of this turn have been answered. */
  schedule(): void {
    if (this.#isScheduled || this.#isEnded) return;
    this.#isScheduled = true;
    this.#options.clock.soon(() => {
      this.#isScheduled = false;
      if (this.#isEnded) return;
      this.#start();
      this.#results.turned();
    });
  }

  /** From now on no batch lingers. */
  hurry(): void {
    this.#isHurried = true;
    this.schedule();
  }

  /** Ends all work. @returns what waits or is under way. */
  end(): Entry[] {
    this.#isEnded = true;
    this.#stopWaking();
    return this.#partitions.flatMap((partition) => [...partition.underWay, ...partition.clear()]);
  }

  #start(): void {
    for (const partition of this.#inTurn()) {
      if (partition.waiting === 0 || partition.underWay.length > 0) continue;
      const wait = this.#waitOf(partition);
      if (wait === 0) this.#write(partition);
      else if (wait !== undefined) this.#wakeIn(wait);
    }
  }

  /** While the sink is down, what has waited longest tries it. */
  #inTurn(): readonly Partition[] {
    if (this.#circuit.state === 'closed') return this.#partitions;
    const seqOf = ({ oldest }: Partition) => oldest?.seq ?? Number.POSITIVE_INFINITY;
    return [...this.#partitions].sort((a, b) => seqOf(a) - seqOf(b));
  }

  /** Milliseconds until a batch of the partition may be written; nothing when something else will say. */
  #waitOf(partition: Partition): number | undefined {
    const { clock, queue } = this.#options;
    if (this.#circuit.state !== 'closed') return this.#circuit.wait;
    const now = clock.now();
    if (partition.retryAt > now) return partition.retryAt - now;
    if (this.#isHurried || partition.isDue(queue.batch, now)) return 0;
    return Math.max(1, (partition.oldest?.since ?? now) + queue.batch.linger - now);
  }

  /** The earliest of what was asked for. */
  #wakeIn(milliseconds: number): void {
    const { clock } = this.#options;
    const at = clock.now() + milliseconds;
    if (at >= this.#wakeAt) return;
    this.#stopWaking();
    this.#wakeAt = at;
    this.#stopWaking = clock.after(milliseconds, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.schedule();
    });
  }

  #write(partition: Partition): void {
    const { sink, queue, clock } = this.#options;
    const batch = partition.take(queue.batch);
    if (batch.length === 0) return;
    partition.underWay = batch;
    for (const entry of batch) entry.attempts++;
    const isTry = this.#circuit.enter();
    this.#results.wrote();
    const deliveries = batch.map(({ delivery }) => delivery);
    writeBatch(sink, deliveries, queue.retry.timeout, clock, (result) => {
      partition.underWay = [];
      if (this.#isEnded) this.#landLate(batch, result);
      else this.#land(partition, batch, result, isTry);
    });
  }

  #land(partition: Partition, batch: readonly Entry[], result: BatchResult, isTry: boolean): void {
    const { rejected, unconfirmed } = result;
    const hasFailed = 'error' in result;
    const isOpen = (_: Entry, i: number) => !rejected.has(i) && (hasFailed || unconfirmed.has(i));
    for (const [i, reason] of rejected) this.#results.rejected(batch[i] as Entry, reason);
    this.#results.confirmed(batch.filter((entry, i) => !rejected.has(i) && !isOpen(entry, i)));
    const again = batch.filter(isOpen).filter((entry) => this.#results.mayTryAgain(entry));
    if (again.length > 0) {
      partition.putBack(again);
      this.#results.putBack(again);
    }
    const isDown = hasFailed || unconfirmed.size === batch.length;
    const error = result.error ?? NOTHING_CONFIRMED;
    if (isDown) this.#results.failed(error, batch.length);
    this.#judge(partition, isDown, isDown || unconfirmed.size > 0, isTry);
    if (isDown && this.#circuit.state !== 'closed') this.#results.stayedDown(error);
    this.schedule();
  }

  /** After the end nothing is kept any more; but what was confirmed need not come from the spool again. */
  #landLate(batch: readonly Entry[], result: BatchResult): void {
    if ('error' in result) return;
    const { rejected, unconfirmed } = result;
    this.#results.confirmed(batch.filter((_, i) => !rejected.has(i) && !unconfirmed.has(i)));
  }

  #judge(partition: Partition, isDown: boolean, mustWait: boolean, isTry: boolean): void {
    const wasDown = this.#circuit.state !== 'closed';
    if (isDown) this.#circuit.failed(isTry);
    else this.#circuit.succeeded(isTry);
    partition.failures = mustWait ? partition.failures + 1 : 0;
    partition.retryAt = mustWait ? this.#options.clock.now() + this.#circuit.backoff(partition.failures) : 0;
    if (!wasDown || isDown) return;
    for (const other of this.#partitions) other.retryAt = 0;
    this.#results.recovered();
  }
}

const NOTHING_CONFIRMED = new Error('the sink confirmed nothing of a batch');

function doNothing(): void {}
