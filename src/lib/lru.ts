/** A map that holds a limited number of entries, and of bytes, and drops the least recently used ones. */

export interface LruBytes<Value> {
  /** Most bytes of all values; one that is larger alone is not kept. */
  readonly max: number;
  /** Bytes of a value, its key included: about. The same for a value each time. */
  readonly of: (value: Value) => number;
}

export class LruMap<Key, Value> {
  readonly #max: number;
  readonly #limit: LruBytes<Value> | undefined;
  /** A Map keeps the order of insertion: the first entry is the one unused for longest. */
  readonly #entries = new Map<Key, Value>();
  #bytes = 0;

  /** @param limit needed where values, or keys, come from outside and differ in size. */
  constructor(max: number, limit?: LruBytes<Value>) {
    if (!(Number.isInteger(max) && max >= 1)) throw new RangeError('an LRU map holds at least one entry');
    this.#max = max;
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Of all values; 0 without a limit. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Reading makes an entry the most recently used. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Returns whether another entry had to go, or this one. */
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
