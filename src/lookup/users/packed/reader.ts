/** Reads what `PackedWriter` wrote. */
import { WIDE } from './writer.ts';

export class PackedReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#at;
  }

  byte(): number {
    return this.#bytes[this.#at++] as number;
  }

  count(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Returns a copy: the source may be freed while the result is in use. */
  raw(): Uint8Array {
    const length = this.count();
    const value = new Uint8Array(length);
    value.set(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return value;
  }

  text(): string {
    const head = this.count();
    return this.textOf(head >>> 1, (head & WIDE) !== 0);
  }

  /** Reads a text of this many bytes. */
  textOf(length: number, isWide: boolean): string {
    const start = this.#at;
    this.#at += length;
    return this.#bytes.toString(isWide ? 'utf16le' : 'latin1', start, this.#at);
  }
}
