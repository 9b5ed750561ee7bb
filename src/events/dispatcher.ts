/**
 * Moves batches from a queue into its sink: decides when a batch may be written, when one is retried, and when the
 * sink is left alone. It drives the queue; the queue does not know it.
 */
import type { QueueOptions } from '../config/sections/queue.ts';
import { backoff, jitter } from '../lib/backoff.ts';
import { CircuitBreaker, type CircuitState } from '../lib/circuit-breaker.ts';
import { Failure } from '../protocol/failure.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { IsWanted, Sink } from '../sinks/sink.ts';
import type { Clock } from './clock.ts';
import { DeliveryForecast } from './delivery-forecast.ts';
import type { DeliveryObserver } from './delivery-observer.ts';
import type { Entry } from './entry.ts';
import type { BatchLimits, Partition } from './partition.ts';
import type { SinkQueue } from './sink-queue.ts';
import { WakeTimer } from './wake-timer.ts';
import { type BatchResult, writeBatch } from './write-batch.ts';

export interface DispatcherOptions {
  readonly sink: Pick<Sink, 'name' | 'write'>;
  readonly queue: QueueOptions;
  readonly clock: Clock;
  readonly observer: Pick<DeliveryObserver, 'wrote' | 'failed' | 'recovered'>;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #queue: SinkQueue;
  readonly #circuit: CircuitBreaker;
  readonly #timer: WakeTimer;
  /** Nothing as long as no publisher waits for this sink. */
  #forecast: DeliveryForecast | undefined;
  #isScheduled = false;
  #isFlushing = false;

  constructor(options: DispatcherOptions, queue: SinkQueue) {
    const { clock } = options;
    this.#options = options;
    this.#queue = queue;
    this.#timer = new WakeTimer(clock, () => this.schedule());
    const { openAfter } = options.queue.retry;
    const openFor = (trials: number) => this.#backoff(openAfter + trials);
    this.#circuit = new CircuitBreaker({ failures: openAfter, openFor, now: clock.now });
  }

  get circuit(): CircuitState {
    return this.#circuit.state;
  }

  /** Publishers may wait for events of this sink: from now on the duration of its batches is measured. */
  expectWaiters(): void {
    const { clock, queue } = this.#options;
    this.#forecast ??= new DeliveryForecast(clock, queue.batch.maxEvents);
  }

  /** Whether the sink is down, and a publisher that waits so many milliseconds need not wait for it. */
  isHopeless(patience: number): boolean {
    return this.#circuit.isHopeless(patience);
  }

  /** Whether the sink is so busy that a new event of this key will not be safe within so many milliseconds. */
  isTooBusy(key: string, patience: number): boolean {
    return this.#forecast?.isAcceptable(this.#queue.partitionOf(key), patience) === false;
  }

  /** Writes what is due, once for each turn of the event loop: after the calls of this turn have been answered. */
  schedule(): void {
    if (this.#isScheduled || this.#queue.isEnded) return;
    this.#isScheduled = true;
    this.#options.clock.soon(() => {
      this.#isScheduled = false;
      if (this.#queue.isEnded) return;
      this.#writeDue();
      this.#queue.endTurn();
    });
  }

  /** From now on no batch lingers. */
  flush(): void {
    this.#isFlushing = true;
    this.schedule();
  }

  /** Writes nothing any more. */
  end(): void {
    this.#timer.stop();
  }

  #writeDue(): void {
    for (const partition of this.#partitions()) {
      if (partition.waiting === 0 || partition.inFlight.length > 0) continue;
      const wait = this.#waitOf(partition);
      if (wait === 0) this.#write(partition);
      else if (wait !== undefined) this.#timer.wakeIn(wait);
    }
  }

  /** While the sink is down, the entry that has waited longest is tried first. */
  #partitions(): readonly Partition[] {
    const { partitions } = this.#queue;
    if (this.#circuit.state === 'closed') return partitions;
    const seqOf = ({ oldest }: Partition) => oldest?.seq ?? Number.POSITIVE_INFINITY;
    return [...partitions].sort((a, b) => seqOf(a) - seqOf(b));
  }

  /** Milliseconds until a batch of the partition may be written; nothing while the batch that tries the sink is in flight. */
  #waitOf(partition: Partition): number | undefined {
    const { clock, queue } = this.#options;
    if (this.#circuit.state !== 'closed') return this.#circuit.wait;
    const now = clock.now();
    if (partition.retryAt > now) return partition.retryAt - now;
    if (this.#isFlushing || partition.isDue(queue.batch, now)) return 0;
    return Math.max(1, (partition.oldest?.enqueuedAt ?? now) + queue.batch.linger - now);
  }

  #write(partition: Partition): void {
    const { sink, queue, clock, observer } = this.#options;
    const batch = this.#queue.take(partition, this.#limitsOf(partition));
    if (batch.length === 0) return;
    const isTrial = this.#circuit.enter();
    observer.wrote();
    const deliveries = batch.map(({ delivery }) => delivery);
    const skipped = new Set<Entry>();
    const isWanted = this.#createIsWanted(batch, skipped);
    writeBatch(sink, deliveries, queue.retry.timeout, clock, isWanted, (result) =>
      this.#settle(partition, result, skipped, isTrial),
    );
  }

  /** Batches that publishers wait for are small, and are soon confirmed: the next publishers wait too. */
  #limitsOf({ awaited }: Partition): BatchLimits {
    const { batch } = this.#options.queue;
    if (awaited === 0 || this.#forecast === undefined) return batch;
    return { ...batch, maxEvents: this.#forecast.maxEvents };
  }

  #createIsWanted(batch: readonly Entry[], skipped: Set<Entry>): IsWanted {
    let entries: Map<Delivery, Entry> | undefined;
    return (delivery) => {
      entries ??= new Map(batch.map((entry) => [entry.delivery, entry]));
      const entry = entries.get(delivery);
      if (entry === undefined || this.#queue.isEnded) return true;
      if (this.#forecast?.isTooLateToSend(entry)) this.#queue.failLate(entry);
      if (entry.isWithdrawn) skipped.add(entry);
      return !entry.isWithdrawn;
    };
  }

  #settle(partition: Partition, result: BatchResult, skipped: ReadonlySet<Entry>, isTrial: boolean): void {
    const { length } = partition.inFlight;
    this.#queue.settle(partition, result, skipped);
    if (this.#queue.isEnded) return;
    const { unconfirmed } = result;
    const error = result.error ?? NOTHING_CONFIRMED;
    const isDown = 'error' in result || unconfirmed.size === length;
    const written = length - skipped.size;
    if (!isDown && written > 0) this.#forecast?.observe(partition, written);
    if (isDown) this.#options.observer.failed(error, length);
    this.#delayRetry(partition, isDown || unconfirmed.size > 0);
    this.#updateCircuit(isDown, isTrial);
    if (isDown && this.#circuit.state !== 'closed') this.#failHopeless(error);
    this.#failLate(partition);
    this.schedule();
  }

  #updateCircuit(isDown: boolean, isTrial: boolean): void {
    const wasDown = this.#circuit.state !== 'closed';
    if (isDown) this.#circuit.failed(isTrial);
    else this.#circuit.succeeded(isTrial);
    if (!wasDown || isDown) return;
    for (const partition of this.#queue.partitions) partition.retryAt = 0;
    this.#options.observer.recovered();
  }

  #delayRetry(partition: Partition, hasRetries: boolean): void {
    partition.failures = hasRetries ? partition.failures + 1 : 0;
    partition.retryAt = hasRetries ? this.#options.clock.now() + this.#backoff(partition.failures) : 0;
  }

  /** Milliseconds to wait after so many failures. */
  #backoff(failures: number): number {
    const { queue, clock } = this.#options;
    const { min, max } = queue.retry;
    return jitter(backoff(failures, { first: min, longest: max }), clock.random());
  }

  /** A publisher that would be turned away if it came now need not wait any longer. */
  #failHopeless(cause: unknown): void {
    const failure = new Failure('sink_failed', 'the sink is down', { cause });
    this.#queue.waiters.failWhere(({ patience }) => this.isHopeless(patience), failure);
  }

  /** Tells publishers whose events cannot be safe in time any more. */
  #failLate(partition: Partition): void {
    if (partition.awaited === 0 || this.#forecast === undefined) return;
    for (const entry of this.#forecast.findLate(partition)) this.#queue.failLate(entry);
  }
}

const NOTHING_CONFIRMED = new Error('the sink confirmed nothing of a batch');
