/**
 * Writes CBOR (RFC 8949): integers in their shortest form; other numbers as 32-bit floats if they read back as the
 * same number, else as 64-bit floats; definite lengths. Maps keep their order.
 */
import { shortFloat32 } from '../short-float.ts';
import type { Value } from '../value.ts';

/** Writes a value accepted by {@link survey}. */
export function writeCbor(value: Value): Uint8Array {
  const writer = new CborWriter();
  writer.item(value);
  return writer.bytes();
}

const INITIAL_SIZE = 512;
/** Longest head, in bytes. */
const HEAD_SIZE = 9;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const FLOAT32 = 0xfa;
const FLOAT64 = 0xfb;
/** Below this length, copying characters here is faster than calling the encoder. */
const SHORT_TEXT = 24;

export class CborWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_SIZE);
  #at = 0;

  bytes(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#at));
  }

  item(value: Value): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.#bigint(value);
    else if (value === null) this.#byte(NULL);
    else if (typeof value === 'boolean') this.#byte(value ? TRUE : FALSE);
    else if (value instanceof Uint8Array) this.#byteString(value);
    else if (Array.isArray(value)) {
      this.#head(4, value.length);
      for (const item of value) this.item(item);
    } else this.#map(value as Readonly<Record<string, Value>>);
  }

  /** Writes bytes that are already CBOR. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Writes the head of a list or map. */
  head(kind: 'list' | 'map', size: number): void {
    this.#head(kind === 'list' ? 4 : 5, size);
  }

  #map(map: Readonly<Record<string, Value>>): void {
    const keys = Object.keys(map);
    this.#head(5, keys.length);
    for (const key of keys) {
      this.#text(key);
      this.item(map[key] as Value);
    }
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#at + size, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#at++] = byte;
  }

  /** Writes a major type, 0 to 7, and its argument. */
  #head(major: number, argument: number): void {
    this.#reserve(HEAD_SIZE);
    const type = major << 5;
    const buffer = this.#buffer;
    if (argument < 24) buffer[this.#at++] = type | argument;
    else if (argument < 2 ** 8) {
      buffer[this.#at++] = type | 24;
      buffer[this.#at++] = argument;
    } else if (argument < 2 ** 16) {
      buffer[this.#at++] = type | 25;
      this.#at = buffer.writeUInt16BE(argument, this.#at);
    } else if (argument < 2 ** 32) {
      buffer[this.#at++] = type | 26;
      this.#at = buffer.writeUInt32BE(argument, this.#at);
    } else {
      buffer[this.#at++] = type | 27;
      this.#at = buffer.writeUInt32BE(Math.floor(argument / 2 ** 32), this.#at);
      this.#at = buffer.writeUInt32BE(argument % 2 ** 32, this.#at);
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) {
      if (value < 0) this.#head(1, -1 - value);
      else this.#head(0, value);
      return;
    }
    this.#reserve(HEAD_SIZE);
    const isSingle = Number.isNaN(value) || (Math.fround(value) === value && shortFloat32(value) === value);
    this.#buffer[this.#at++] = isSingle ? FLOAT32 : FLOAT64;
    this.#at = isSingle
      ? this.#buffer.writeFloatBE(value, this.#at)
      : this.#buffer.writeDoubleBE(value, this.#at);
  }

  #bigint(value: bigint): void {
    const isNegative = value < 0n;
    const argument = isNegative ? -1n - value : value;
    if (argument <= Number.MAX_SAFE_INTEGER) {
      this.#head(isNegative ? 1 : 0, Number(argument));
      return;
    }
    this.#reserve(HEAD_SIZE);
    this.#buffer[this.#at++] = isNegative ? 0x3b : 0x1b;
    this.#at = this.#buffer.writeBigUInt64BE(argument, this.#at);
  }

  #byteString(bytes: Uint8Array): void {
    this.#head(2, bytes.length);
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #text(text: string): void {
    const size = Buffer.byteLength(text);
    this.#head(3, size);
    this.#reserve(size);
    if (size === text.length && size < SHORT_TEXT) {
      for (let i = 0; i < size; i++) this.#buffer[this.#at + i] = text.charCodeAt(i);
      this.#at += size;
    } else this.#at += this.#buffer.write(text, this.#at, 'utf8');
  }
}
