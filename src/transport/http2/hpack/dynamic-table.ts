/** The dynamic table of a decoder (RFC 7541, 2.3.2 and 4): the fields that the peer said to keep, the newest first. */
import { FIELD_OVERHEAD, fieldSize, type HeaderField } from './header-field.ts';

/** What an entry costs in memory besides its octets, in bytes: measured, up to 116 with Node 20. */
const ENTRY_BYTES = 128;

export class DynamicTable {
  /** The newest is the last; those before `#oldest` are gone. */
  #entries: (HeaderField | undefined)[] = [];
  #oldest = 0;
  #size = 0;
  #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** How many entries. */
  get length(): number {
    return this.#entries.length - this.#oldest;
  }

  /** The size that the RFC counts (4.1), in octets. */
  get size(): number {
    return this.#size;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  /** Memory, in bytes: about, and rather too much. */
  get bytes(): number {
    return this.#size + this.length * (ENTRY_BYTES - FIELD_OVERHEAD);
  }

  /** @param index 0 is the newest. @returns nothing when there is no such entry. */
  get(index: number): HeaderField | undefined {
    return index < this.length ? this.#entries[this.#entries.length - 1 - index] : undefined;
  }

  /** A field that is larger than the table empties it and does not enter: that is no error (4.4). */
  insert(field: HeaderField): void {
    const size = fieldSize(field);
    this.#evictDownTo(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#entries.push(field);
    this.#size += size;
  }

  /** Changes the maximum size, in octets, and evicts what has no room any more (4.3). */
  resize(maxSize: number): void {
    this.#maxSize = maxSize;
    this.#evictDownTo(maxSize);
  }

  /** Evicts the oldest entries until the others have at most this size (4.4). */
  #evictDownTo(size: number): void {
    while (this.#size > size && this.length > 0) {
      this.#size -= fieldSize(this.#entries[this.#oldest] as HeaderField);
      this.#entries[this.#oldest++] = undefined;
    }
    // The gaps go when they are half of the list: a constant cost for each entry, on average.
    if (this.#oldest * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#oldest);
    this.#oldest = 0;
  }
}
