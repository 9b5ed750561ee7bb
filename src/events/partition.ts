/**
 * The part of a queue that holds some of its keys, in order. One batch of it is under way at a time, and what
 * has to be tried again comes before anything newer: so the deliveries of one key never overtake each other.
 */
import type { Entry } from './entry.ts';
import { Fifo } from './fifo.ts';

export interface BatchLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Milliseconds. */
  readonly linger: number;
}

export class Partition {
  /** The batch under way. */
  underWay: readonly Entry[] = [];
  /** By the clock: since when. */
  underWaySince = 0;
  /** Failed batches in a row. */
  failures = 0;
  /** By the clock: not before. */
  retryAt = 0;
  /** Entries that somebody waits for. */
  awaited = 0;
  readonly #queue = new Fifo<Entry>();
  #again: readonly Entry[] = [];
  #waiting = 0;
  #bytes = 0;

  /** Entries that wait for a batch. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The one that has waited longest. */
  get oldest(): Entry | undefined {
    return this.#again.find(isWaiting) ?? this.#firstQueued();
  }

  /** All that wait for a batch, in order. */
  *entries(): Iterable<Entry> {
    for (const entry of this.#again) if (isWaiting(entry)) yield entry;
    for (const entry of this.#queue) if (isWaiting(entry)) yield entry;
  }

  push(entry: Entry): void {
    this.#queue.push(entry);
    this.#waiting++;
    this.#bytes += entry.bytes;
  }

  /** Puts back what was under way, in the order it had. */
  putBack(entries: readonly Entry[]): void {
    this.#again = [...entries, ...this.#again];
    for (const entry of entries) {
      entry.state = 'waiting';
      this.#waiting++;
      this.#bytes += entry.bytes;
    }
  }

  /** An entry of this partition is gone without having been taken. */
  forget({ bytes }: Entry): void {
    this.#waiting--;
    this.#bytes -= bytes;
    if (this.#queue.length > 2 * this.#waiting + SLACK) this.#queue.filter(isWaiting);
  }

  /** An entry that waits holds more, or less, than before. */
  resized(change: number): void {
    this.#bytes += change;
  }

  /** Whether there is enough for a batch, or somebody waits, or the oldest has waited long enough. */
  isDue({ maxEvents, maxBytes, linger }: BatchLimits, now: number): boolean {
    if (this.#waiting === 0) return false;
    if (linger === 0 || this.awaited > 0 || this.#again.length > 0) return true;
    if (this.#waiting >= maxEvents || this.#bytes >= maxBytes) return true;
    return now - (this.oldest?.since ?? 0) >= linger;
  }

  /** The next batch, in order. It is marked as under way. */
  take({ maxEvents, maxBytes }: BatchLimits): Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    const take = (entry: Entry): void => {
      entry.state = 'under way';
      this.#waiting--;
      this.#bytes -= entry.bytes;
      bytes += entry.bytes;
      batch.push(entry);
    };
    const hasRoom = () => batch.length < maxEvents && bytes < maxBytes;
    let taken = 0;
    for (const entry of this.#again) {
      if (!hasRoom()) break;
      taken++;
      if (isWaiting(entry)) take(entry);
    }
    this.#again = this.#again.slice(taken);
    while (this.#again.length === 0 && hasRoom()) {
      const entry = this.#queue.shift();
      if (entry === undefined) break;
      if (isWaiting(entry)) take(entry);
    }
    return batch;
  }

  /** Takes everything that waits, oldest first. */
  clear(): Entry[] {
    const entries = [...this.#again, ...this.#queue.clear()].filter(isWaiting);
    this.#again = [];
    this.#waiting = 0;
    this.#bytes = 0;
    return entries;
  }

  #firstQueued(): Entry | undefined {
    for (;;) {
      const entry = this.#queue.peek();
      if (entry === undefined || isWaiting(entry)) return entry;
      this.#queue.shift();
    }
  }
}

/** Entries that may be gone and still listed, before the list is cut. */
const SLACK = 1024;

export function isWaiting({ state }: Entry): boolean {
  return state === 'waiting';
}

/** The partition of a key: FNV-1a over its units. */
export function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}
