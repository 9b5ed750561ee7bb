/**
 * The queue in front of one sink: bounded, in order for each key, a batch under way for each partition, and what
 * fails is tried again.
 *
 * Deliveries come from two sides: pushed, or from the spool of this sink, whose oldest part is read into a window
 * of its own. What comes from the spool is never dropped, and leaves the disk when the sink has confirmed it.
 */
import { Failure } from '../protocol/failure.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Position, SpoolEntry } from '../spool/spool.ts';
import type { CircuitState } from './circuit.ts';
import { Dispatcher } from './dispatcher.ts';
import { Drained, type IdleOf } from './drained.ts';
import type { Entry, Waiter } from './entry.ts';
import { sizeOf } from './estimate.ts';
import { MemoryBudget } from './memory-budget.ts';
import { isWaiting } from './partition.ts';
import { tooBusy, tooLate } from './refusals.ts';
import type { DropReason, Overflow, SinkQueueOptions } from './sink-queue-options.ts';
import { Waiters } from './waiters.ts';

export class SinkQueue {
  readonly #options: SinkQueueOptions;
  readonly #dispatcher: Dispatcher;
  readonly #budget: MemoryBudget;
  readonly #waiters = new Waiters();
  readonly #idle = new Drained((what) => this.#isIdle(what));
  #seq = 0;
  #isEnded = false;
  /** Rejected deliveries that are being put away. */
  #rejecting = 0;

  constructor(options: SinkQueueOptions) {
    const { queue, observer, confirm, keepsEvents = false } = options;
    this.#options = options;
    this.#budget = new MemoryBudget({
      queue,
      hasSpool: confirm !== undefined,
      keepsEvents,
      displaced: () => this.#dropped('full'),
    });
    this.#dispatcher = new Dispatcher(options, {
      wrote: () => observer.wrote(),
      confirmed: (entries) => this.#confirm(entries),
      rejected: (entry, reason) => this.#reject(entry, reason),
      mayTryAgain: (entry) => this.#mayTryAgain(entry),
      putBack: (entries) => this.#putBack(entries),
      failed: (error, events) => observer.failed(error, events),
      stayedDown: (error) => this.#disappoint(error),
      skipped: (entries) => this.#skip(entries),
      tooLate: (entry) => this.#refuseLate(entry),
      recovered: () => observer.recovered(),
      turned: () => {
        this.#budget.settle();
        this.#idle.check();
      },
    });
  }

  /** Events that wait or are under way. */
  get size(): number {
    return this.#budget.events;
  }

  /** Those of them that are not on the disk. */
  get pushed(): number {
    return this.#budget.pushed;
  }

  get bytes(): number {
    return this.#budget.bytes;
  }

  get circuit(): CircuitState {
    return this.#dispatcher.circuit;
  }

  /** How many deliveries from the spool there is room for, and how many bytes. */
  get room(): { readonly events: number; readonly bytes: number } {
    return this.#budget.room;
  }

  /** Whether the sink is down, and nobody who waits so many milliseconds need wait for it. */
  isHopeless(patience: number): boolean {
    return this.#dispatcher.isHopeless(patience);
  }

  /** Whether the sink is so busy that a new event of this key will not be safe within so many milliseconds. */
  isTooBusy(key: string, patience: number): boolean {
    return this.#dispatcher.isTooBusy(key, patience);
  }

  /**
   * @param bytes that it holds, roughly.
   * @returns the entry, or nothing when it did not fit.
   */
  push(delivery: Delivery, bytes: number, overflow: Overflow, waiter?: Waiter): Entry | undefined {
    if (this.#isEnded || !this.#budget.makeRoom(bytes, overflow)) {
      if (overflow !== 'refuse') this.#options.observer.dropped(this.#isEnded ? 'closed' : 'full', 1);
      return undefined;
    }
    const entry = this.#append(delivery, bytes, undefined, waiter);
    if (overflow === 'drop-oldest') this.#budget.yieldLater(entry);
    return entry;
  }

  /** Takes what was read from the spool, which `room` bounds. */
  pushSpooled(entries: readonly SpoolEntry[]): void {
    for (const { delivery, position } of entries)
      this.#append(delivery, sizeOf(delivery), position, undefined);
  }

  /** Nobody waits for this entry any more: it stays, and may be dropped. */
  loosen(entry: Entry): void {
    this.#waiters.forget(entry);
    if (entry.state !== 'gone') this.#budget.yieldLater(entry);
  }

  /** Takes an entry out. What is under way may still arrive, and is not tried again. */
  withdraw(entry: Entry): void {
    this.#waiters.forget(entry);
    entry.isWithdrawn = true;
    if (!isWaiting(entry)) return;
    entry.partition.forget(entry);
    this.#budget.remove(entry);
    this.#dropped('withdrawn');
  }

  /**
   * Resolves when nothing waits any more; what comes from the spool may be left out. Batches do not linger from
   * now on.
   */
  idle(what: IdleOf = 'all'): Promise<void> {
    this.#dispatcher.hurry();
    return this.#idle.wait(what);
  }

  /** Ends all work. @returns what was not confirmed, oldest first. */
  end(): Entry[] {
    this.#isEnded = true;
    const left = this.#dispatcher.end();
    return left.filter(({ isWithdrawn }) => !isWithdrawn).sort((a, b) => a.seq - b.seq);
  }

  #append(
    delivery: Delivery,
    bytes: number,
    position: Position | undefined,
    waiter: Waiter | undefined,
  ): Entry {
    const partition = this.#dispatcher.partitionOf(delivery.key);
    const entry: Entry = {
      delivery,
      bytes,
      partition,
      position,
      waiter,
      place: undefined,
      seq: this.#seq++,
      since: this.#options.clock.now(),
      state: 'waiting',
      attempts: 0,
      isDroppable: false,
      listing: undefined,
      isWithdrawn: false,
    };
    this.#budget.add(entry);
    if (waiter !== undefined) this.#waiters.add(entry);
    partition.push(entry);
    this.#dispatcher.schedule();
    return entry;
  }

  // What came of batches

  #confirm(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const positions: Position[] = [];
    for (const entry of entries) {
      this.#budget.remove(entry);
      this.#waiters.tell(entry);
      if (entry.position !== undefined) positions.push(entry.position);
    }
    this.#options.observer.delivered(entries.length);
    if (positions.length > 0) this.#options.confirm?.(positions);
    this.#idle.check();
  }

  #mayTryAgain(entry: Entry): boolean {
    const { maxAttempts = Number.POSITIVE_INFINITY } = this.#options.queue.retry;
    if (!entry.isWithdrawn && entry.attempts < maxAttempts) return true;
    if (entry.isWithdrawn) {
      this.#budget.remove(entry);
      this.#options.observer.dropped('withdrawn', 1);
    } else this.#reject(entry, `given up after ${entry.attempts} attempts (queue.retry.maxAttempts)`);
    return false;
  }

  #putBack(entries: readonly Entry[]): void {
    this.#budget.returned(entries);
    this.#options.observer.retried(entries.length);
  }

  /** Who would not wait for the sink if they came now need not wait any longer. */
  #disappoint(error: unknown): void {
    const failure = new Failure('sink_failed', 'the sink is down', { cause: error });
    this.#waiters.disappoint(({ patience }) => this.isHopeless(patience), failure);
  }

  /** The sink has left them out. */
  #skip(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#budget.remove(entry);
      this.#dropped('withdrawn');
    }
  }

  #refuseLate(entry: Entry): void {
    if (entry.state === 'under way') entry.isWithdrawn = true;
    const { since, waiter } = entry;
    const isOver = this.#options.clock.now() - since >= (waiter?.patience ?? 0);
    this.#waiters.tell(entry, isOver ? tooLate() : tooBusy);
  }

  #reject(entry: Entry, reason: string): void {
    const { reject, confirm } = this.#options;
    this.#budget.remove(entry);
    this.#waiters.tell(entry, new Failure('sink_failed', 'the sink refused the event'));
    const putAway = reject(entry.delivery, reason);
    const end = (): void => {
      if (entry.position !== undefined) confirm?.([entry.position]);
    };
    if (putAway === undefined) {
      end();
      return;
    }
    this.#rejecting++;
    putAway.then(() => {
      this.#rejecting--;
      end();
      this.#idle.check();
    });
  }

  #dropped(reason: DropReason): void {
    this.#options.observer.dropped(reason, 1);
    this.#idle.check();
  }

  #isIdle(what: IdleOf): boolean {
    return (what === 'all' ? this.size : this.pushed) === 0 && this.#rejecting === 0;
  }
}
