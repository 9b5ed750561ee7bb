/**
 * Carries what waits in the partitions of a queue into its sink: when a batch may go, when one is tried again, and
 * when the sink is left alone.
 */
import type { QueueOptions } from '../config/sections/queue.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { IsWanted, Sink } from '../sinks/sink.ts';
import { Circuit, type CircuitState } from './circuit.ts';
import type { Clock } from './clock.ts';
import type { Entry } from './entry.ts';
import { type BatchLimits, Partition, partitionOf } from './partition.ts';
import { Promises } from './promises.ts';
import { type BatchResult, writeBatch } from './write-batch.ts';

export interface DispatcherOptions {
  readonly sink: Pick<Sink, 'name' | 'write'>;
  readonly queue: QueueOptions & { readonly concurrency: number };
  readonly clock: Clock;
}

/** Told what becomes of entries, which are not under way any more. */
export interface DispatchResults {
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
  /** Nobody wants them any more, and the sink has not sent them. */
  skipped(entries: readonly Entry[]): void;
  /** Somebody waits for it, and it cannot be safe in time. */
  tooLate(entry: Entry): void;
  /** All that may go is under way. */
  turned(): void;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #results: DispatchResults;
  readonly #partitions: readonly Partition[];
  readonly #circuit: Circuit;
  readonly #promises: Promises;
  #isScheduled = false;
  #isHurried = false;
  #isEnded = false;
  #wakeAt = Number.POSITIVE_INFINITY;
  #stopWaking: () => void = doNothing;

  constructor(options: DispatcherOptions, results: DispatchResults) {
    const { queue, clock } = options;
    this.#options = options;
    this.#results = results;
    this.#partitions = Array.from({ length: queue.concurrency }, () => new Partition());
    this.#promises = new Promises(clock, queue.batch.maxEvents);
    this.#circuit = new Circuit({ ...queue.retry, now: clock.now, random: clock.random });
  }

  get circuit(): CircuitState {
    return this.#circuit.state;
  }

  /** Whether the sink is down, and nobody who waits so many milliseconds need wait for it. */
  isHopeless(patience: number): boolean {
    return this.#circuit.isHopeless(patience);
  }

  /** Whether the sink is so busy that a new event of this key will not be safe within so many milliseconds. */
  isTooBusy(key: string, patience: number): boolean {
    return !this.#promises.mayPromise(this.partitionOf(key), patience);
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
    const batch = partition.take(this.#limitsOf(partition));
    if (batch.length === 0) return;
    partition.underWay = batch;
    partition.underWaySince = clock.now();
    for (const entry of batch) entry.attempts++;
    const isTry = this.#circuit.enter();
    this.#results.wrote();
    const deliveries = batch.map(({ delivery }) => delivery);
    const skipped = new Set<Entry>();
    const isWanted = this.#createIsWanted(batch, skipped);
    writeBatch(sink, deliveries, queue.retry.timeout, clock, isWanted, (result) => {
      partition.underWay = [];
      if (this.#isEnded) this.#landLate(batch, result, skipped);
      else this.#land(partition, batch, result, skipped, isTry);
    });
  }

  /** What somebody waits for goes in batches that are soon through: those who come next wait for them, too. */
  #limitsOf({ awaited }: Partition): BatchLimits {
    const { batch } = this.#options.queue;
    if (awaited === 0) return batch;
    return { ...batch, maxEvents: this.#promises.maxEvents };
  }

  #createIsWanted(batch: readonly Entry[], skipped: Set<Entry>): IsWanted {
    let entries: Map<Delivery, Entry> | undefined;
    return (delivery) => {
      entries ??= new Map(batch.map((entry) => [entry.delivery, entry]));
      const entry = entries.get(delivery);
      if (entry === undefined || this.#isEnded) return true;
      if (this.#promises.isBroken(entry)) this.#results.tooLate(entry);
      if (entry.isWithdrawn) skipped.add(entry);
      return !entry.isWithdrawn;
    };
  }

  /** Tells those who wait for what cannot be safe in time any more. */
  #review(partition: Partition): void {
    if (partition.awaited === 0) return;
    for (const entry of this.#promises.findBroken(partition)) this.#results.tooLate(entry);
  }

  #land(
    partition: Partition,
    batch: readonly Entry[],
    result: BatchResult,
    skipped: ReadonlySet<Entry>,
    isTry: boolean,
  ): void {
    const { rejected, unconfirmed } = result;
    const hasFailed = 'error' in result;
    const isOpen = (entry: Entry, i: number) =>
      !skipped.has(entry) && !rejected.has(i) && (hasFailed || unconfirmed.has(i));
    for (const [i, reason] of rejected) this.#results.rejected(batch[i] as Entry, reason);
    const isConfirmed = (entry: Entry, i: number) =>
      !skipped.has(entry) && !rejected.has(i) && !isOpen(entry, i);
    this.#results.confirmed(batch.filter(isConfirmed));
    if (skipped.size > 0) this.#results.skipped([...skipped]);
    const again = batch.filter(isOpen).filter((entry) => this.#results.mayTryAgain(entry));
    if (again.length > 0) {
      partition.putBack(again);
      this.#results.putBack(again);
    }
    const isDown = hasFailed || unconfirmed.size === batch.length;
    const written = batch.length - skipped.size;
    if (!isDown && written > 0) this.#promises.observe(partition, written);
    const error = result.error ?? NOTHING_CONFIRMED;
    if (isDown) this.#results.failed(error, batch.length);
    this.#judge(partition, isDown, isDown || unconfirmed.size > 0, isTry);
    if (isDown && this.#circuit.state !== 'closed') this.#results.stayedDown(error);
    this.#review(partition);
    this.schedule();
  }

  /** After the end nothing is kept any more; but what was confirmed need not come from the spool again. */
  #landLate(batch: readonly Entry[], result: BatchResult, skipped: ReadonlySet<Entry>): void {
    if ('error' in result) return;
    const { rejected, unconfirmed } = result;
    const isConfirmed = (entry: Entry, i: number) =>
      !skipped.has(entry) && !rejected.has(i) && !unconfirmed.has(i);
    this.#results.confirmed(batch.filter(isConfirmed));
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
