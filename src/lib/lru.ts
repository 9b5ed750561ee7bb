/**
 * A map with a limit for its entries, and optionally for their bytes, that evicts the least recently used.
 */

export interface LruBytes<Value> {
  /** Most bytes of all values; a value that exceeds it alone is not kept. */
  readonly max: number;
  /** Returns the approximate bytes of a value, its key included. Must be the same for a value each time. */
  readonly of: (value: Value) => number;
}

export class LruMap<Key, Value> {
  readonly #max: number;
  readonly #limit: LruBytes<Value> | undefined;
  /** A Map keeps insertion order: the first entry is the least recently used. */
  readonly #entries = new Map<Key, Value>();
  #bytes = 0;

  /** @param limit needed where values or keys come from outside and differ in size. */
  constructor(max: number, limit?: LruBytes<Value>) {
    if (!(Number.isInteger(max) && max >= 1))
      throw new RangeError('an LRU map needs room for at least one entry');
    this.#max = max;
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of all values; 0 without a limit. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns a value and marks its entry as most recently used. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Returns whether another entry, or this one, was evicted. */
  set(key: Key, value: Value): boolean {
    this.delete(key);
    this.#entries.set(key, value);
    this.#bytes += this.#limit?.of(value) ?? 0;
    let hasDropped = false;
    while (this.#isFull()) {
      const [oldest] = this.#entries.keys();
      this.delete(oldest as Key);
      hasDropped = true;
    }
    return hasDropped;
  }

  delete(key: Key): boolean {
    if (this.#limit !== undefined) {
      const value = this.#entries.get(key);
      if (value !== undefined) this.#bytes -= this.#limit.of(value);
    }
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #isFull(): boolean {
    return this.#entries.size > this.#max || (this.#limit !== undefined && this.#bytes > this.#limit.max);
  }
}
