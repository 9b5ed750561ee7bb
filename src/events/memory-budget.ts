/** What a queue holds: how much that is, and what gives way when there is no room. */
import type { QueueOptions } from '../config/sections/queue.ts';
import { Capacity } from './capacity.ts';
import type { Entry } from './entry.ts';
import { EventDelivery } from './event-delivery.ts';
import { Evictable } from './evictable.ts';
import { isWaiting } from './partition.ts';
import type { Overflow } from './sink-queue-options.ts';

export interface MemoryBudgetOptions {
  readonly queue: Pick<QueueOptions, 'maxEvents' | 'maxBytes'>;
  readonly hasSpool: boolean;
  /** Whether the sink wants events themselves and not only their encoded form. */
  readonly keepsEvents: boolean;
  /** An entry has given way to others. */
  readonly displaced: (entry: Entry) => void;
}

/** The part of the bounds that is kept for deliveries from the spool, where there is one. */
const SPOOL_SHARE = 1 / 4;

export class MemoryBudget {
  readonly #options: MemoryBudgetOptions;
  readonly #pushed: Capacity;
  readonly #spooled: Capacity;
  readonly #evictable = new Evictable();
  /** Came, or came back, since the last turn. */
  #fresh: Entry[] = [];

  constructor(options: MemoryBudgetOptions) {
    const { maxEvents, maxBytes } = options.queue;
    const share = options.hasSpool ? SPOOL_SHARE : 0;
    this.#options = options;
    this.#pushed = new Capacity(maxEvents * (1 - share), maxBytes * (1 - share));
    this.#spooled = new Capacity(maxEvents * share, maxBytes * share);
  }

  get events(): number {
    return this.#pushed.events + this.#spooled.events;
  }

  /** Those of them that are not on the disk. */
  get pushed(): number {
    return this.#pushed.events;
  }

  get bytes(): number {
    return this.#pushed.bytes + this.#spooled.bytes;
  }

  /** How many deliveries from the spool there is room for, and how many bytes. */
  get room(): { readonly events: number; readonly bytes: number } {
    const { events, bytes, maxEvents, maxBytes } = this.#spooled;
    return { events: Math.floor(maxEvents - events), bytes: Math.floor(maxBytes - bytes) };
  }

  /** Whether a pushed delivery of so many bytes fits, when those have given way that may. */
  makeRoom(bytes: number, overflow: Overflow): boolean {
    const capacity = this.#pushed;
    if (capacity.fits(bytes)) return true;
    if (overflow === 'drop-newest' || bytes > capacity.maxBytes) return false;
    while (!capacity.fits(bytes)) {
      const oldest = this.#evictable.take();
      if (oldest === undefined) return false;
      this.#displace(oldest);
    }
    return true;
  }

  add(entry: Entry): void {
    this.#holdingOf(entry).add(entry.bytes);
    this.#fresh.push(entry);
  }

  /** From now on the entry may give way to newer ones. */
  yieldLater(entry: Entry): void {
    this.#evictable.add(entry);
  }

  /** Their batch has failed, and they wait again. */
  returned(entries: readonly Entry[]): void {
    this.#evictable.returned(entries);
    // They may have come in the turn in which they were written.
    this.#fresh.push(...entries);
  }

  /** The entry is gone: delivered, refused or withdrawn. */
  remove(entry: Entry): void {
    entry.state = 'gone';
    this.#evictable.remove(entry);
    this.#holdingOf(entry).remove(entry.bytes);
  }

  /** What waits longer than a turn is encoded, so that it holds no request and its size is known. */
  settle(): void {
    for (const entry of this.#fresh.splice(0)) {
      const { delivery, state } = entry;
      if (state !== 'waiting' || !(delivery instanceof EventDelivery)) continue;
      if (this.#options.keepsEvents) delivery.detach();
      else this.#resize(entry, delivery.settle());
      while (this.#pushed.isOver && this.#shrink(entry));
    }
  }

  /** The encoded form may be larger than was thought. @returns whether anything gave way. */
  #shrink(grown: Entry): boolean {
    const mayGo = isWaiting(grown) && grown.waiter === undefined && grown.attempts === 0;
    const entry = this.#evictable.take() ?? (mayGo ? grown : undefined);
    if (entry !== undefined) this.#displace(entry);
    return entry !== undefined;
  }

  #resize(entry: Entry, bytes: number): void {
    const change = bytes - entry.bytes;
    entry.bytes = bytes;
    entry.partition.resized(change);
    this.#holdingOf(entry).bytes += change;
  }

  #displace(entry: Entry): void {
    entry.partition.forget(entry);
    this.remove(entry);
    this.#options.displaced(entry);
  }

  #holdingOf({ position }: Entry): Capacity {
    return position === undefined ? this.#pushed : this.#spooled;
  }
}
