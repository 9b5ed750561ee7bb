/** The memory that the entries of a queue hold, its limits, and which entry is evicted when they are reached. */
import type { QueueOptions } from '../config/sections/queue.ts';
import type { Entry } from './entry.ts';
import { Evictable } from './evictable.ts';

/** The part of the limits that is reserved for deliveries from the spool, if there is one. */
const SPOOL_SHARE = 1 / 4;

/**
 * What happens when a delivery does not fit. `refuse`: older entries are evicted if they may be, else the caller is
 * told and nothing is counted.
 */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'refuse';

export class MemoryBudget {
  readonly #pushed: Capacity;
  readonly #spooled: Capacity;
  readonly #evictable = new Evictable();
  /** Entries that came, or came back, since the last turn of the event loop. */
  #fresh: Entry[] = [];

  constructor({ maxEvents, maxBytes }: Pick<QueueOptions, 'maxEvents' | 'maxBytes'>, hasSpool: boolean) {
    const share = hasSpool ? SPOOL_SHARE : 0;
    this.#pushed = new Capacity(maxEvents * (1 - share), maxBytes * (1 - share));
    this.#spooled = new Capacity(maxEvents * share, maxBytes * share);
  }

  get events(): number {
    return this.#pushed.events + this.#spooled.events;
  }

  /** Those of them that are not on disk. */
  get pushed(): number {
    return this.#pushed.events;
  }

  get bytes(): number {
    return this.#pushed.bytes + this.#spooled.bytes;
  }

  /** How many deliveries from the spool fit, and how many bytes of them. */
  get room(): { readonly events: number; readonly bytes: number } {
    const { events, bytes, maxEvents, maxBytes } = this.#spooled;
    return { events: Math.floor(maxEvents - events), bytes: Math.floor(maxBytes - bytes) };
  }

  /** Whether pushed deliveries hold more than they may: encoding can make an entry larger than it was estimated. */
  get isExceeded(): boolean {
    const { events, bytes, maxEvents, maxBytes } = this.#pushed;
    return events > maxEvents || bytes > maxBytes;
  }

  /** Whether a pushed delivery of so many bytes fits now. */
  fits(bytes: number): boolean {
    const { maxEvents, maxBytes } = this.#pushed;
    return this.#pushed.events < maxEvents && this.#pushed.bytes + bytes <= maxBytes;
  }

  /** Whether a pushed delivery of so many bytes fits into an empty queue. */
  mayEverFit(bytes: number): boolean {
    return bytes <= this.#pushed.maxBytes;
  }

  add(entry: Entry): void {
    this.#capacityOf(entry).add(1, entry.bytes);
    this.#fresh.push(entry);
  }

  remove(entry: Entry): void {
    this.#evictable.remove(entry);
    this.#capacityOf(entry).add(-1, -entry.bytes);
  }

  /** The batch of these entries failed, and they wait again. */
  putBack(entries: readonly Entry[]): void {
    this.#evictable.putBack(entries);
    // They may have come in the turn in which they were written.
    this.#fresh.push(...entries);
  }

  resize(entry: Entry, bytes: number): void {
    const change = bytes - entry.bytes;
    entry.bytes = bytes;
    entry.partition.resized(change);
    this.#capacityOf(entry).add(0, change);
  }

  /** From now on newer entries may evict this one. */
  makeEvictable(entry: Entry): void {
    this.#evictable.add(entry);
  }

  /** The oldest waiting entry that may be evicted, if there is one. */
  takeEvictable(): Entry | undefined {
    return this.#evictable.take();
  }

  takeFresh(): readonly Entry[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  #capacityOf({ position }: Entry): Capacity {
    return position === undefined ? this.#pushed : this.#spooled;
  }
}

/** How much is held, and how much may be. */
class Capacity {
  events = 0;
  bytes = 0;
  readonly maxEvents: number;
  readonly maxBytes: number;

  constructor(maxEvents: number, maxBytes: number) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  add(events: number, bytes: number): void {
    this.events += events;
    this.bytes += bytes;
  }
}
