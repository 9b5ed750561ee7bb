/**
 * Scans Avro by its schema before the library reads it. The library trusts announced sizes and reads past the end of
 * the bytes until it has the announced number of items.
 */
import { isUtf8 } from 'node:buffer';
import { malformed } from '../error.ts';
import { type CodecLimits, tooDeep, tooManyItems } from '../limits.ts';
import { checkKey } from '../value.ts';

/** Maximum length of a zig-zag varint of 32 and 64 bits, in bytes. */
const MAX_INT_BYTES = 5;
const MAX_LONG_BYTES = 10;

export class AvroScan {
  readonly #bytes: Uint8Array;
  readonly #limits: CodecLimits;
  #at = 0;
  #items = 0;
  /** Number of entries of all maps and records, including duplicate keys. */
  entries = 0;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('has data after its end');
  }

  /** Skips so many bytes; returns where they begin. */
  skip(size: number): number {
    const start = this.#at;
    if (size > this.#bytes.length - start) throw malformed('ends too early');
    this.#at = start + size;
    return start;
  }

  /** Reads a long; exact up to 2^53. */
  long(): number {
    let magnitude = 0;
    for (let i = 0; i < MAX_LONG_BYTES; i++) {
      const byte = this.#bytes[this.skip(1)] as number;
      // The tenth byte contains the last of 64 bits.
      if (i === MAX_LONG_BYTES - 1 && byte > 1) break;
      magnitude += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return magnitude % 2 === 0 ? magnitude / 2 : -(magnitude + 1) / 2;
    }
    throw malformed('has an integer of more than 64 bits');
  }

  /** Reads an int. The library would read a larger one as another number. */
  int(): number {
    const start = this.#at;
    const value = this.long();
    if (this.#at - start > MAX_INT_BYTES || value < -(2 ** 31) || value >= 2 ** 31)
      throw malformed('has an int of more than 32 bits');
    return value;
  }

  /** The library reads every byte except 0 as true. */
  boolean(): void {
    if ((this.#bytes[this.skip(1)] as number) > 1) throw malformed('has a boolean that is neither 0 nor 1');
  }

  /** Skips length-prefixed bytes or text; returns where they begin. */
  sized(): number {
    const size = this.long();
    if (size < 0) throw malformed('has a negative length');
    return this.skip(size);
  }

  text(): void {
    this.#text();
  }

  /** Reads the key of a map. */
  key(): void {
    const text = this.#text();
    if (text.length === '__proto__'.length) checkKey(Buffer.from(text).toString('latin1'));
  }

  #text(): Uint8Array {
    const start = this.sized();
    const text = this.#bytes.subarray(start, this.#at);
    if (!isUtf8(text)) throw malformed('has text that is not valid UTF-8');
    return text;
  }

  /** Scans the items or entries of an array or map, in blocks (Avro 1.11, "Arrays"). */
  blocks(item: () => void): number {
    let total = 0;
    for (let count = this.long(); count !== 0; count = this.long()) {
      // The size of the block in bytes follows a negative count.
      const size = count < 0 ? this.long() : undefined;
      const start = this.#at;
      const items = Math.abs(count);
      total += items;
      // Counted before reading: many items without bytes, such as nulls, take no space.
      this.count(items);
      for (let i = 0; i < items; i++) item();
      if (size !== undefined && size !== this.#at - start)
        throw malformed('has a block whose size does not match its header');
    }
    return total;
  }

  count(items: number): void {
    this.#items += items;
    if (this.#items > this.#limits.maxItems) throw tooManyItems(this.#limits);
  }

  /** Returns the depth inside a container at the given depth. */
  enter(depth: number): number {
    if (depth >= this.#limits.maxDepth) throw tooDeep(this.#limits);
    return depth + 1;
  }
}
