/**
 * The entries of some keys, in order. One batch of a partition is in flight at a time, and retries come before
 * anything newer: so deliveries of one key never overtake each other.
 */
import { Fifo } from '../lib/fifo.ts';
import { hashText } from '../lib/hash-text.ts';
import type { Entry } from './entry.ts';

export interface BatchLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Milliseconds. */
  readonly linger: number;
}

export class Partition {
  /** The batch in flight. */
  inFlight: readonly Entry[] = [];
  /** When that batch was written, by the clock. */
  inFlightSince = 0;
  /** Failed batches in a row. */
  failures = 0;
  /** The next batch is not written before this time, by the clock. */
  retryAt = 0;
  /** Entries that a publisher waits for. */
  awaited = 0;
  readonly #queue = new Fifo<Entry>();
  readonly #retries = new Fifo<Entry>();
  #waiting = 0;
  #bytes = 0;

  /** Entries that wait for a batch. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The entry that has waited longest. */
  get oldest(): Entry | undefined {
    return firstWaiting(this.#retries) ?? firstWaiting(this.#queue);
  }

  /** All entries that wait for a batch, in order. */
  *entries(): Iterable<Entry> {
    for (const entry of this.#retries) if (isWaiting(entry)) yield entry;
    for (const entry of this.#queue) if (isWaiting(entry)) yield entry;
  }

  push(entry: Entry): void {
    this.#queue.push(entry);
    this.#count(entry);
  }

  /** Puts entries of a batch back, in their order, before all others. */
  putBack(entries: readonly Entry[]): void {
    const newer = this.#retries.clear();
    for (const entry of entries) {
      this.#retries.push(entry);
      this.#count(entry);
    }
    for (const entry of newer) this.#retries.push(entry);
  }

  /** Uncounts an entry that is gone without having been taken. */
  forget({ bytes }: Entry): void {
    this.#waiting--;
    this.#bytes -= bytes;
    if (this.#queue.length > 2 * this.#waiting + SLACK) this.#queue.filter(isWaiting);
  }

  /** The size of a waiting entry has changed by so many bytes. */
  resized(change: number): void {
    this.#bytes += change;
  }

  /** Whether there is enough for a batch, a publisher waits, or the oldest entry has lingered long enough. */
  isDue({ maxEvents, maxBytes, linger }: BatchLimits, now: number): boolean {
    if (this.#waiting === 0) return false;
    if (linger === 0 || this.awaited > 0 || this.#retries.length > 0) return true;
    if (this.#waiting >= maxEvents || this.#bytes >= maxBytes) return true;
    return now - (this.oldest?.enqueuedAt ?? 0) >= linger;
  }

  /** Takes the entries of the next batch out, in order. */
  take({ maxEvents, maxBytes }: BatchLimits): Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    while (batch.length < maxEvents && bytes < maxBytes) {
      const entry = this.#shift();
      if (entry === undefined) break;
      batch.push(entry);
      bytes += entry.bytes;
    }
    return batch;
  }

  /** Takes out everything that waits, oldest first. */
  clear(): Entry[] {
    const entries = [...this.#retries.clear(), ...this.#queue.clear()].filter(isWaiting);
    this.#waiting = 0;
    this.#bytes = 0;
    return entries;
  }

  #count({ bytes }: Entry): void {
    this.#waiting++;
    this.#bytes += bytes;
  }

  #shift(): Entry | undefined {
    for (;;) {
      const entry = this.#retries.shift() ?? this.#queue.shift();
      if (entry === undefined) return undefined;
      if (!isWaiting(entry)) continue;
      this.#waiting--;
      this.#bytes -= entry.bytes;
      return entry;
    }
  }
}

/** Entries that may be gone and still listed before the list is compacted. */
const SLACK = 1024;

function firstWaiting(queue: Fifo<Entry>): Entry | undefined {
  for (;;) {
    const entry = queue.peek();
    if (entry === undefined || isWaiting(entry)) return entry;
    queue.shift();
  }
}

export function isWaiting({ state }: Entry): boolean {
  return state === 'waiting';
}

/** The index of a key's partition. */
export function partitionIndex(key: string, partitions: number): number {
  if (partitions === 1) return 0;
  return hashText(key) % partitions;
}
