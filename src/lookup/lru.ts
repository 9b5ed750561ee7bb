/** A map that holds a limited number of entries and drops the least recently used one. */
export class LruMap<Key, Value> {
  readonly #max: number;
  /** A Map keeps the order of insertion: the first entry is the one unused for longest. */
  readonly #entries = new Map<Key, Value>();

  constructor(max: number) {
    if (!(Number.isInteger(max) && max >= 1)) throw new RangeError('an LRU map holds at least one entry');
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Reading makes an entry the most recently used. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Returns whether another entry had to go. */
  set(key: Key, value: Value): boolean {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#max) return false;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest as Key);
    return true;
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
