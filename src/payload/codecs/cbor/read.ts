/**
 * Reads CBOR (RFC 8949). Everything is checked where it is read: an announced length allocates nothing that is not
 * present.
 */

import { malformed, unsupported } from '../error.ts';
import { type CodecLimits, tooDeep, tooManyItems } from '../limits.ts';
import { checkKey, duplicateKey, integer, type Value } from '../value.ts';
import { CborCursor, INDEFINITE } from './cursor.ts';

/** @throws CodecError */
export function readCbor(bytes: Uint8Array, limits: CodecLimits): Value {
  const cursor = new CborCursor(bytes);
  const value = new CborReader(cursor, limits).item(0);
  cursor.end();
  return value;
}

/** High three bits of a head. */
export const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6 } as const;
const TAG_BIGNUM = 2;
const TAG_NEGATIVE_BIGNUM = 3;

export class CborReader {
  readonly #cursor: CborCursor;
  readonly #limits: CodecLimits;
  #items = 0;

  constructor(cursor: CborCursor, limits: CodecLimits) {
    this.#cursor = cursor;
    this.#limits = limits;
  }

  item(depth: number): Value {
    const head = this.#cursor.byte();
    const info = head & 0x1f;
    switch (head >> 5) {
      case MAJOR.unsigned:
        return this.#unsigned(info);
      case MAJOR.negative:
        return this.#negative(info);
      case MAJOR.bytes:
        return info === INDEFINITE ? this.#byteChunks() : this.#cursor.slice(info);
      case MAJOR.text:
        return info === INDEFINITE ? this.#textChunks() : this.#cursor.text(info);
      case MAJOR.array:
        return this.#array(info, this.#enter(depth));
      case MAJOR.map:
        return this.#map(info, this.#enter(depth));
      case MAJOR.tag:
        return this.#tagged(this.#cursor.argument(info), this.#enter(depth));
      default:
        return this.#simple(info);
    }
  }

  #enter(depth: number): number {
    if (depth >= this.#limits.maxDepth) throw tooDeep(this.#limits);
    return depth + 1;
  }

  #count(): void {
    if (++this.#items > this.#limits.maxItems) throw tooManyItems(this.#limits);
  }

  #unsigned(info: number): number | bigint {
    const argument = this.#cursor.argument(info);
    return typeof argument === 'bigint' ? integer(argument) : argument;
  }

  #negative(info: number): number | bigint {
    const argument = this.#cursor.argument(info);
    if (typeof argument === 'bigint' || argument >= Number.MAX_SAFE_INTEGER)
      return integer(-1n - BigInt(argument));
    return -1 - argument;
  }

  /** Reads the head of a chunk of an indefinite string: same type, definite length. */
  #chunk(major: number): number {
    const head = this.#cursor.byte();
    const info = head & 0x1f;
    if (head >> 5 !== major || info === INDEFINITE) throw malformed('has a chunk of another type');
    return info;
  }

  #byteChunks(): Uint8Array {
    const chunks: Uint8Array[] = [];
    while (!this.#cursor.isBreak()) chunks.push(this.#cursor.slice(this.#chunk(MAJOR.bytes)));
    return new Uint8Array(Buffer.concat(chunks));
  }

  #textChunks(): string {
    let text = '';
    while (!this.#cursor.isBreak()) text += this.#cursor.text(this.#chunk(MAJOR.text));
    return text;
  }

  /** Checks the announced number of items or entries against the bytes left. */
  #size(info: number, bytesEach: number): number {
    if (info === INDEFINITE) return Number.POSITIVE_INFINITY;
    const size = Number(this.#cursor.argument(info));
    if (size > this.#limits.maxItems) throw tooManyItems(this.#limits);
    this.#cursor.need(size * bytesEach);
    return size;
  }

  #array(info: number, depth: number): Value {
    const size = this.#size(info, 1);
    const items: Value[] = [];
    while (items.length < size && !(info === INDEFINITE && this.#cursor.isBreak())) {
      this.#count();
      items.push(this.item(depth));
    }
    return items;
  }

  #map(info: number, depth: number): Value {
    const size = this.#size(info, 2);
    const map: Record<string, Value> = {};
    for (let i = 0; i < size && !(info === INDEFINITE && this.#cursor.isBreak()); i++) {
      this.#count();
      const key = this.key();
      if (Object.hasOwn(map, key)) throw duplicateKey();
      map[key] = this.item(depth);
    }
    return map;
  }

  /** Reads a text key, or an integer key as its digits: constrained devices often use integers. */
  key(): string {
    const major = this.#cursor.peek() >> 5;
    if (major !== MAJOR.text && major !== MAJOR.unsigned && major !== MAJOR.negative)
      throw unsupported('has a map with a key that is neither text nor an integer');
    return checkKey(String(this.item(0)));
  }

  /** RFC 8949 section 6.1: bignums become integers; other tags are dropped. */
  #tagged(tag: number | bigint, depth: number): Value {
    const content = this.item(depth);
    if (tag !== TAG_BIGNUM && tag !== TAG_NEGATIVE_BIGNUM) return content;
    if (!(content instanceof Uint8Array)) throw malformed('has a bignum that is not made of bytes');
    const first = content.findIndex((byte) => byte !== 0);
    // One byte beyond 64 bits is enough to detect the overflow.
    const bytes = first === -1 ? new Uint8Array(1) : content.subarray(first, first + 9);
    const magnitude = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
    return integer(tag === TAG_BIGNUM ? magnitude : -1n - magnitude);
  }

  #simple(info: number): Value {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      // RFC 8949 section 6.1: `undefined` is null.
      case 22:
      case 23:
        return null;
      case 25:
      case 26:
      case 27:
        return this.#cursor.float(info);
      case INDEFINITE:
        throw malformed('has a misplaced break');
      default:
        throw info > 27 || (info === 24 && this.#cursor.byte() < 32)
          ? malformed('has a reserved simple value')
          : unsupported('has a simple value that is not false, true, null or undefined');
    }
  }
}
