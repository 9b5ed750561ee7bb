/**
 * The queue in front of one sink: bounded, in order for each key, a batch under way for each partition, and what
 * fails is tried again.
 *
 * Deliveries come from two sides: pushed, or from the spool of this sink, whose oldest part is read into a window
 * of its own. What comes from the spool is never dropped, and leaves the disk when the sink has confirmed it.
 */
import { Failure } from '../failure.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Position, SpoolEntry } from '../spool/spool.ts';
import type { CircuitState } from './circuit.ts';
import { Courier, type CourierOptions } from './courier.ts';
import { Droppables } from './droppables.ts';
import type { Entry } from './entry.ts';
import { sizeOf } from './estimate.ts';
import { EventDelivery } from './event-delivery.ts';
import { Holding } from './holding.ts';
import { isWaiting } from './partition.ts';

/** Why an event was dropped. */
export type DropReason = 'full' | 'closed' | 'withdrawn';

/** Told what happens; counts and logs. */
export interface LaneObserver {
  dropped(reason: DropReason, events: number): void;
  wrote(): void;
  delivered(events: number): void;
  /** Nothing of a batch was confirmed. */
  failed(error: unknown, events: number): void;
  retried(events: number): void;
  /** The sink takes events again after it was down. */
  recovered(): void;
}

export interface LaneOptions extends CourierOptions {
  readonly observer: LaneObserver;
  /** Takes a delivery that the sink will never take. Resolves when it is put away; never rejects. */
  readonly reject: (delivery: Delivery, reason: string) => void | Promise<void>;
  /** Takes what was confirmed out of the spool; nothing when there is none. */
  readonly confirm?: ((positions: readonly Position[]) => void) | undefined;
  /** Whether the sink wants events themselves and not only their encoded form. */
  readonly keepsEvents?: boolean;
}

/** What happens when a delivery does not fit. `refuse`: older ones make room if they may, else its caller is told and nothing is counted. */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'refuse';

/** The part of the bounds that is kept for deliveries from the spool, where there is one. */
const SPOOL_SHARE = 1 / 4;

export class Lane {
  readonly #options: LaneOptions;
  readonly #courier: Courier;
  readonly #pushed: Holding;
  readonly #spooled: Holding;
  readonly #droppables = new Droppables();
  /** Came since the last turn. */
  #fresh: Entry[] = [];
  #seq = 0;
  #isEnded = false;
  /** Rejected deliveries that are being put away. */
  #rejecting = 0;
  #idle: { readonly what: 'all' | 'pushed'; readonly resolve: () => void }[] = [];

  constructor(options: LaneOptions) {
    const { queue, observer, confirm } = options;
    const share = confirm === undefined ? 0 : SPOOL_SHARE;
    this.#options = options;
    this.#pushed = new Holding(queue.maxEvents * (1 - share), queue.maxBytes * (1 - share));
    this.#spooled = new Holding(queue.maxEvents * share, queue.maxBytes * share);
    this.#courier = new Courier(options, {
      wrote: () => observer.wrote(),
      confirmed: (entries) => this.#confirm(entries),
      rejected: (entry, reason) => this.#reject(entry, reason),
      mayTryAgain: (entry) => this.#mayTryAgain(entry),
      putBack: (entries) => this.#putBack(entries),
      failed: (error, events) => observer.failed(error, events),
      recovered: () => observer.recovered(),
      turned: () => {
        this.#settleFresh();
        this.#checkIdle();
      },
    });
  }

  /** Events that wait or are under way. */
  get size(): number {
    return this.#pushed.events + this.#spooled.events;
  }

  /** Those of them that are not on the disk. */
  get pushed(): number {
    return this.#pushed.events;
  }

  get bytes(): number {
    return this.#pushed.bytes + this.#spooled.bytes;
  }

  get circuit(): CircuitState {
    return this.#courier.circuit;
  }

  /** Milliseconds since the sink went down; 0 while it is up. */
  get downFor(): number {
    return this.#courier.downFor;
  }

  /** How many deliveries from the spool there is room for, and how many bytes. */
  get room(): { readonly events: number; readonly bytes: number } {
    const { events, bytes, maxEvents, maxBytes } = this.#spooled;
    return { events: Math.floor(maxEvents - events), bytes: Math.floor(maxBytes - bytes) };
  }

  /**
   * @param bytes that it holds, roughly.
   * @param settled told once: nothing when the delivery is safe, else why it will not be.
   * @returns the entry, or nothing when it did not fit.
   */
  push(
    delivery: Delivery,
    bytes: number,
    overflow: Overflow,
    settled?: (failure?: Failure) => void,
  ): Entry | undefined {
    if (this.#isEnded || !this.#makeRoom(bytes, overflow)) {
      if (overflow !== 'refuse') this.#options.observer.dropped(this.#isEnded ? 'closed' : 'full', 1);
      return undefined;
    }
    const entry = this.#append(delivery, bytes, undefined, settled);
    if (overflow === 'drop-oldest') this.#droppables.add(entry);
    return entry;
  }

  /** Takes what was read from the spool, which `room` bounds. */
  pushSpooled(entries: readonly SpoolEntry[]): void {
    for (const { delivery, position } of entries)
      this.#append(delivery, sizeOf(delivery), position, undefined);
  }

  /** Nobody waits for this entry any more: it stays, and may be dropped. */
  loosen(entry: Entry): void {
    this.#unsettle(entry);
    if (entry.state !== 'gone') this.#droppables.add(entry);
  }

  /** Takes an entry out. What is under way may still arrive, and is not tried again. */
  withdraw(entry: Entry): void {
    this.#unsettle(entry);
    entry.isWithdrawn = true;
    if (isWaiting(entry)) this.#drop(entry, 'withdrawn');
  }

  /**
   * Resolves when nothing waits any more; what comes from the spool may be left out. Batches do not linger from
   * now on.
   */
  idle(what: 'all' | 'pushed' = 'all'): Promise<void> {
    this.#courier.hurry();
    if (this.#isIdle(what)) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push({ what, resolve }));
  }

  /** Ends all work. @returns what was not confirmed, oldest first. */
  end(): Entry[] {
    this.#isEnded = true;
    const left = this.#courier.end();
    return left.filter(({ isWithdrawn }) => !isWithdrawn).sort((a, b) => a.seq - b.seq);
  }

  #append(
    delivery: Delivery,
    bytes: number,
    position: Position | undefined,
    settled: Entry['settled'],
  ): Entry {
    const partition = this.#courier.partitionOf(delivery.key);
    const entry: Entry = {
      delivery,
      bytes,
      partition,
      position,
      settled,
      seq: this.#seq++,
      since: this.#options.clock.now(),
      state: 'waiting',
      attempts: 0,
      isDroppable: false,
      isListed: false,
      isWithdrawn: false,
    };
    this.#holdingOf(entry).add(bytes);
    if (settled !== undefined) partition.awaited++;
    partition.push(entry);
    this.#fresh.push(entry);
    this.#courier.schedule();
    return entry;
  }

  // Room

  #makeRoom(bytes: number, overflow: Overflow): boolean {
    const holding = this.#pushed;
    if (holding.fits(bytes)) return true;
    if (overflow === 'drop-newest' || bytes > holding.maxBytes) return false;
    while (!holding.fits(bytes)) {
      const oldest = this.#droppables.take();
      if (oldest === undefined) return false;
      this.#drop(oldest, 'full');
    }
    return true;
  }

  /** What waits longer than a turn is encoded, so that it holds no request and its size is known. */
  #settleFresh(): void {
    const { keepsEvents = false } = this.#options;
    for (const entry of this.#fresh.splice(0)) {
      const { delivery, state } = entry;
      if (state !== 'waiting' || !(delivery instanceof EventDelivery)) continue;
      if (keepsEvents) delivery.detach();
      else this.#resize(entry, delivery.settle());
      while (this.#pushed.isOver && this.#shrink(entry));
    }
  }

  /** The encoded form may be larger than was thought. @returns whether anything was dropped. */
  #shrink(grown: Entry): boolean {
    const mayGo = isWaiting(grown) && grown.settled === undefined && grown.attempts === 0;
    const entry = this.#droppables.take() ?? (mayGo ? grown : undefined);
    if (entry !== undefined) this.#drop(entry, 'full');
    return entry !== undefined;
  }

  #resize(entry: Entry, bytes: number): void {
    const change = bytes - entry.bytes;
    entry.bytes = bytes;
    entry.partition.resized(change);
    this.#holdingOf(entry).bytes += change;
  }

  #drop(entry: Entry, reason: DropReason): void {
    entry.partition.forget(entry);
    this.#release(entry);
    this.#options.observer.dropped(reason, 1);
    this.#checkIdle();
  }

  #release(entry: Entry): void {
    entry.state = 'gone';
    this.#holdingOf(entry).remove(entry.bytes);
  }

  #holdingOf({ position }: Entry): Holding {
    return position === undefined ? this.#pushed : this.#spooled;
  }

  // What came of batches

  #confirm(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const positions: Position[] = [];
    for (const entry of entries) {
      this.#release(entry);
      this.#tell(entry);
      if (entry.position !== undefined) positions.push(entry.position);
    }
    this.#options.observer.delivered(entries.length);
    if (positions.length > 0) this.#options.confirm?.(positions);
    this.#checkIdle();
  }

  #mayTryAgain(entry: Entry): boolean {
    const { maxAttempts = Number.POSITIVE_INFINITY } = this.#options.queue.retry;
    if (!entry.isWithdrawn && entry.attempts < maxAttempts) return true;
    if (entry.isWithdrawn) {
      this.#release(entry);
      this.#options.observer.dropped('withdrawn', 1);
    } else this.#reject(entry, `given up after ${entry.attempts} attempts (queue.retry.maxAttempts)`);
    return false;
  }

  #putBack(entries: readonly Entry[]): void {
    this.#droppables.returned(entries);
    this.#options.observer.retried(entries.length);
    // They may have come in the turn in which they were written.
    this.#fresh.push(...entries);
  }

  #reject(entry: Entry, reason: string): void {
    const { reject, confirm } = this.#options;
    this.#release(entry);
    this.#tell(entry, new Failure('sink_failed', 'the sink refused the event'));
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
      this.#checkIdle();
    });
  }

  #tell(entry: Entry, failure?: Failure): void {
    const { settled } = entry;
    this.#unsettle(entry);
    settled?.(failure);
  }

  #unsettle(entry: Entry): void {
    if (entry.settled === undefined) return;
    entry.settled = undefined;
    entry.partition.awaited--;
  }

  #isIdle(what: 'all' | 'pushed'): boolean {
    return (what === 'all' ? this.size : this.pushed) === 0 && this.#rejecting === 0;
  }

  #checkIdle(): void {
    if (this.#idle.length === 0) return;
    const idle = this.#idle.filter(({ what }) => this.#isIdle(what));
    this.#idle = this.#idle.filter((waiter) => !idle.includes(waiter));
    for (const { resolve } of idle) resolve();
  }
}
