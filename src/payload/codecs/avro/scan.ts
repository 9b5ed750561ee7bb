/**
 * Steps over Avro as the schema says, before the library reads it: the library believes announced sizes, and
 * reads on after the end of the bytes until it has as many items as were announced.
 */
import { isUtf8 } from 'node:buffer';
import { malformed } from '../error.ts';
import { type CodecLimits, tooDeep, tooManyItems } from '../limits.ts';
import { checkKey } from '../value.ts';

/** The most bytes of a zig-zag varint of 32 and 64 bits. */
const MAX_INT_BYTES = 5;
const MAX_LONG_BYTES = 10;

export class AvroScan {
  readonly #bytes: Uint8Array;
  readonly #limits: CodecLimits;
  #at = 0;
  #items = 0;
  /** The entries of all maps and records, with those whose key comes again. */
  entries = 0;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('goes on after its end');
  }

  /** Steps over so many bytes, and gives where they begin. */
  skip(size: number): number {
    const start = this.#at;
    if (size > this.#bytes.length - start) throw malformed('ends too early');
    this.#at = start + size;
    return start;
  }

  /** A long, exact up to 2^53. */
  long(): number {
    let magnitude = 0;
    for (let i = 0; i < MAX_LONG_BYTES; i++) {
      const byte = this.#bytes[this.skip(1)] as number;
      // The tenth byte has the last of 64 bits.
      if (i === MAX_LONG_BYTES - 1 && byte > 1) break;
      magnitude += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return magnitude % 2 === 0 ? magnitude / 2 : -(magnitude + 1) / 2;
    }
    throw malformed('has an integer of more than 64 bits');
  }

  /** An int; what the library makes of a larger one is another number. */
  int(): number {
    const start = this.#at;
    const value = this.long();
    if (this.#at - start > MAX_INT_BYTES || value < -(2 ** 31) || value >= 2 ** 31)
      throw malformed('has an int of more than 32 bits');
    return value;
  }

  /** The library takes every byte but 0 for true. */
  boolean(): void {
    if ((this.#bytes[this.skip(1)] as number) > 1) throw malformed('has a boolean that is neither 0 nor 1');
  }

  /** Bytes or text that begin with their length; gives where they begin. */
  sized(): number {
    const size = this.long();
    if (size < 0) throw malformed('has a negative length');
    return this.skip(size);
  }

  text(): void {
    this.#text();
  }

  /** The key of a map. */
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

  /** The items or entries of an array or map, in blocks (Avro 1.11, "Arrays"). */
  blocks(item: () => void): number {
    let total = 0;
    for (let count = this.long(); count !== 0; count = this.long()) {
      // A negative count is followed by the size of the block in bytes.
      const size = count < 0 ? this.long() : undefined;
      const start = this.#at;
      const items = Math.abs(count);
      total += items;
      // Before any is read: items of no bytes, such as nulls, need no bytes to be many.
      this.count(items);
      for (let i = 0; i < items; i++) item();
      if (size !== undefined && size !== this.#at - start)
        throw malformed('has a block of another size than it says');
    }
    return total;
  }

  count(items: number): void {
    this.#items += items;
    if (this.#items > this.#limits.maxItems) throw tooManyItems(this.#limits);
  }

  /** The depth within a container that is so deep. */
  enter(depth: number): number {
    if (depth >= this.#limits.maxDepth) throw tooDeep(this.#limits);
    return depth + 1;
  }
}
