/**
 * The queue in front of one sink: bounded, and in order for each key. It owns its entries: nothing else changes
 * their state. The dispatcher takes batches out and hands the results back.
 *
 * Deliveries are pushed, or read from the sink's log in the spool, which has a share of the memory of its own. Those
 * from the spool are never dropped, and leave the disk when the sink has confirmed them.
 */
import type { QueueOptions } from '../config/sections/queue.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Clock } from './clock.ts';
import type { DeliveryObserver, DropReason, SettledListener } from './delivery-observer.ts';
import { type DrainScope, DrainWaiters } from './drain-waiters.ts';
import type { Entry, Waiter } from './entry.ts';
import { sizeOf } from './estimate.ts';
import { EventDelivery } from './event-delivery.ts';
import type { SinkWatch } from './event-watch.ts';
import { MemoryBudget, type Overflow } from './memory-budget.ts';
import { type BatchLimits, isWaiting, Partition, partitionIndex } from './partition.ts';
import type { Position, SpoolEntry } from './spool/spool.ts';
import { refused, tooBusy, tooLate, Waiters } from './waiters.ts';
import { type BatchResult, sortBatch } from './write-batch.ts';

export interface SinkQueueOptions {
  readonly queue: QueueOptions & { readonly concurrency: number };
  readonly clock: Pick<Clock, 'now'>;
  readonly observer: DeliveryObserver;
  readonly listener: SettledListener;
  /** Told what becomes of each entry. Default: nobody is. */
  readonly watch?: SinkWatch | undefined;
  readonly hasSpool: boolean;
  /** Whether the sink wants events themselves and not only their encoded form. */
  readonly keepsEvents: boolean;
}

export class SinkQueue {
  readonly partitions: readonly Partition[];
  readonly waiters = new Waiters();
  readonly #options: SinkQueueOptions;
  readonly #budget: MemoryBudget;
  #drainWaiters: DrainWaiters | undefined;
  #nextSeq = 0;
  /** Rejected deliveries that are being put away. */
  #rejecting = 0;
  #isEnded = false;

  constructor(options: SinkQueueOptions) {
    this.#options = options;
    this.#budget = new MemoryBudget(options.queue, options.hasSpool);
    this.partitions = Array.from({ length: options.queue.concurrency }, () => new Partition());
  }

  get memory(): Pick<MemoryBudget, 'events' | 'pushed' | 'bytes' | 'room'> {
    return this.#budget;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  partitionOf(key: string): Partition {
    return this.partitions[partitionIndex(key, this.partitions.length)] as Partition;
  }

  /**
   * @param bytes of memory that the delivery holds, roughly.
   * @returns the entry, or nothing when it did not fit.
   */
  push(delivery: Delivery, bytes: number, overflow: Overflow, waiter?: Waiter): Entry | undefined {
    if (this.#isEnded || !this.#makeRoom(bytes, overflow)) {
      if (overflow !== 'refuse') this.#refuse(delivery);
      return undefined;
    }
    const entry = this.#enqueue(delivery, bytes, undefined, waiter);
    if (overflow === 'drop-oldest') this.#budget.makeEvictable(entry);
    return entry;
  }

  /** Enqueues what was read from the spool, within `memory.room`. */
  pushSpooled(entries: readonly SpoolEntry[]): void {
    for (const { delivery, position } of entries)
      this.#enqueue(delivery, sizeOf(delivery), position, undefined);
  }

  /** The publisher of this entry does not wait any more: the entry stays, and may be evicted. */
  stopWaiting(entry: Entry): void {
    this.waiters.remove(entry);
    if (entry.state !== 'gone') this.#budget.makeEvictable(entry);
  }

  /** Takes an entry out. One in flight may still arrive, and is not retried. */
  withdraw(entry: Entry): void {
    this.waiters.remove(entry);
    entry.isWithdrawn = true;
    if (!isWaiting(entry)) return;
    entry.partition.forget(entry);
    this.#drop(entry, 'withdrawn');
  }

  /** Resolves when the queue is empty. */
  drained(scope: DrainScope): Promise<void> {
    this.#drainWaiters ??= new DrainWaiters(
      (what) => (what === 'all' ? this.memory.events : this.memory.pushed) === 0 && this.#rejecting === 0,
    );
    return this.#drainWaiters.wait(scope);
  }

  /** Accepts nothing from now on. @returns the entries that were not confirmed, oldest first. */
  end(): Entry[] {
    this.#isEnded = true;
    const undelivered = this.partitions.flatMap((partition) => [...partition.inFlight, ...partition.clear()]);
    return undelivered.filter(({ isWithdrawn }) => !isWithdrawn).sort((a, b) => a.seq - b.seq);
  }

  /** Takes the next batch of a partition that has none in flight. */
  take(partition: Partition, limits: BatchLimits): readonly Entry[] {
    const batch = partition.take(limits);
    for (const entry of batch) {
      entry.state = 'in flight';
      entry.attempts++;
    }
    partition.inFlight = batch;
    partition.inFlightSince = this.#options.clock.now();
    if (batch.length > 0) this.#options.watch?.sending(batch);
    return batch;
  }

  /** @param skipped entries that the sink has left out, since they were withdrawn. */
  settle(partition: Partition, result: BatchResult, skipped: ReadonlySet<Entry>): void {
    const batch = partition.inFlight;
    partition.inFlight = [];
    const sorted = sortBatch(batch, result, skipped, this.#options.queue.retry.maxAttempts);
    this.#confirm(sorted.confirmed);
    // After the end only confirmations count: the spool need not deliver those entries again.
    if (this.#isEnded) return;
    for (const [entry, reason] of sorted.rejected) this.#reject(entry, reason);
    for (const entry of sorted.withdrawn) this.#drop(entry, 'withdrawn');
    this.#retry(partition, sorted.unconfirmed);
  }

  /** Tells the publisher of an entry that it will not be safe in time. */
  failLate(entry: Entry): void {
    if (entry.state === 'in flight') entry.isWithdrawn = true;
    const waited = this.#options.clock.now() - entry.enqueuedAt;
    this.waiters.settle(entry, waited >= (entry.waiter?.patience ?? 0) ? tooLate() : tooBusy);
  }

  /** Encodes what waits longer than a turn of the event loop, so that it holds no request and its size is known. */
  endTurn(): void {
    for (const entry of this.#budget.takeFresh()) if (isWaiting(entry)) this.#encode(entry);
    this.#drainWaiters?.check();
  }

  #enqueue(
    delivery: Delivery,
    bytes: number,
    position: Position | undefined,
    waiter: Waiter | undefined,
  ): Entry {
    const entry: Entry = {
      delivery,
      bytes,
      partition: this.partitionOf(delivery.key),
      position,
      waiter,
      waiterLink: undefined,
      seq: this.#nextSeq++,
      enqueuedAt: this.#options.clock.now(),
      state: 'waiting',
      attempts: 0,
      isEvictable: false,
      evictionLink: undefined,
      isWithdrawn: false,
    };
    this.#budget.add(entry);
    if (waiter !== undefined) this.waiters.add(entry);
    entry.partition.push(entry);
    this.#options.watch?.queued(delivery);
    return entry;
  }

  #refuse(delivery: Delivery): void {
    const reason = this.#isEnded ? 'closed' : 'full';
    this.#options.observer.dropped(reason, 1);
    this.#options.watch?.dropped(delivery, reason);
  }

  #confirm(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const positions: Position[] = [];
    for (const entry of entries) {
      this.#remove(entry);
      if (entry.waiter !== undefined) this.waiters.settle(entry);
      if (entry.position !== undefined) positions.push(entry.position);
    }
    this.#options.observer.delivered(entries.length);
    this.#options.watch?.delivered(entries);
    if (positions.length > 0) this.#options.listener.confirmed(positions);
    this.#drainWaiters?.check();
  }

  #retry(partition: Partition, entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) entry.state = 'waiting';
    partition.putBack(entries);
    this.#budget.putBack(entries);
    this.#options.observer.retried(entries.length);
    this.#options.watch?.retrying(entries);
  }

  #reject(entry: Entry, reason: string): void {
    this.#remove(entry);
    this.#options.watch?.rejected(entry.delivery, reason);
    if (entry.waiter !== undefined) this.waiters.settle(entry, refused());
    const putAway = this.#options.listener.rejected(entry, reason);
    if (putAway === undefined) return;
    this.#rejecting++;
    putAway.then(() => {
      this.#rejecting--;
      this.#drainWaiters?.check();
    });
  }

  #drop(entry: Entry, reason: DropReason): void {
    this.#remove(entry);
    this.#options.observer.dropped(reason, 1);
    this.#options.watch?.dropped(entry.delivery, reason);
    this.#drainWaiters?.check();
  }

  #remove(entry: Entry): void {
    entry.state = 'gone';
    this.#budget.remove(entry);
  }

  #makeRoom(bytes: number, overflow: Overflow): boolean {
    if (this.#budget.fits(bytes)) return true;
    if (overflow === 'drop-newest' || !this.#budget.mayEverFit(bytes)) return false;
    while (!this.#budget.fits(bytes)) if (!this.#evict(this.#budget.takeEvictable())) return false;
    return true;
  }

  #encode(entry: Entry): void {
    const { delivery } = entry;
    if (!(delivery instanceof EventDelivery)) return;
    if (this.#options.keepsEvents) delivery.copyPayload();
    else this.#budget.resize(entry, delivery.compact());
    while (this.#budget.isExceeded && this.#evict(this.#budget.takeEvictable() ?? newest(entry)));
  }

  /** @returns whether there was an entry to evict. */
  #evict(entry: Entry | undefined): entry is Entry {
    if (entry === undefined) return false;
    entry.partition.forget(entry);
    this.#drop(entry, 'full');
    return true;
  }
}

/** The entry if it may be dropped since it has just come: it has grown by being encoded, and nobody waits for it. */
function newest(entry: Entry): Entry | undefined {
  return isWaiting(entry) && entry.waiter === undefined && entry.attempts === 0 ? entry : undefined;
}
