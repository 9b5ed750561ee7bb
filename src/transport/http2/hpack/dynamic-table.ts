/** A decoder's dynamic table (RFC 7541, 2.3.2 and 4): the fields that the peer chose to keep, newest first. */
import { FIELD_OVERHEAD, fieldSize, type HeaderField } from './header-field.ts';

/** Memory of an entry besides its octets, in bytes: measured, up to 116 with Node 20. */
const ENTRY_BYTES = 128;

export class DynamicTable {
  /** The newest is last; those before `#oldest` are evicted. */
  #entries: (HeaderField | undefined)[] = [];
  #oldest = 0;
  #size = 0;
  #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Number of entries. */
  get length(): number {
    return this.#entries.length - this.#oldest;
  }

  /** The size by the RFC's rule (4.1), in octets. */
  get size(): number {
    return this.#size;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  /** Memory in bytes: an estimate on the high side. */
  get bytes(): number {
    return this.#size + this.length * (ENTRY_BYTES - FIELD_OVERHEAD);
  }

  /** @param index 0 is the newest. @returns undefined if there is no such entry. */
  get(index: number): HeaderField | undefined {
    return index < this.length ? this.#entries[this.#entries.length - 1 - index] : undefined;
  }

  /** Adds a field. A field larger than the table empties it and is not added; that is not an error (4.4). */
  insert(field: HeaderField): void {
    const size = fieldSize(field);
    this.#evictDownTo(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#entries.push(field);
    this.#size += size;
  }

  /** Sets the maximum size, in octets, and evicts entries that no longer fit (4.3). */
  resize(maxSize: number): void {
    this.#maxSize = maxSize;
    this.#evictDownTo(maxSize);
  }

  /** Evicts the oldest entries until the rest has at most this size (4.4). */
  #evictDownTo(size: number): void {
    while (this.#size > size && this.length > 0) {
      this.#size -= fieldSize(this.#entries[this.#oldest] as HeaderField);
      this.#entries[this.#oldest++] = undefined;
    }
    // Remove the gaps once they are half of the list: a constant cost per entry, on average.
    if (this.#oldest * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#oldest);
    this.#oldest = 0;
  }
}
