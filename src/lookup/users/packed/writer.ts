/** Appends values to a growing byte buffer. */

/** Texts are encoded exactly: two different texts are never taken for each other. */
export const WIDE = 1;

const FIRST_SIZE = 4096;

export class PackedWriter {
  bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  /** Number of bytes written. */
  length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Writes a whole number up to 2^32 - 1: seven bits a byte, the lowest first. */
  count(value: number): void {
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  raw(value: Uint8Array): void {
    this.count(value.length);
    this.#reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Writes one byte per character where that suffices, else UTF-16. */
  text(value: string): void {
    const isWide = hasWide(value);
    const length = isWide ? 2 * value.length : value.length;
    this.count(2 * length + (isWide ? WIDE : 0));
    this.#reserve(length);
    this.bytes.write(value, this.length, isWide ? 'utf16le' : 'latin1');
    this.length += length;
  }

  /** Returns exactly the bytes written. */
  finish(): ArrayBuffer {
    const { buffer, byteOffset } = this.bytes;
    return buffer.slice(byteOffset, byteOffset + this.length) as ArrayBuffer;
  }

  #reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

/** Reports whether a character does not fit into one byte. */
export function hasWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}
