/** Steps over the parts of which CBOR is made, and never beyond the end. */
import { malformed } from './error.ts';

/** The low five bits of a head: the length is unknown until a break comes. */
export const INDEFINITE = 31;
const BREAK = 0xff;
/** Below this, making a string here is faster than asking the decoder. */
const SHORT_TEXT = 24;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const truncated = () => malformed('ends too early');

export class CborCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('goes on after its end');
  }

  /** The next byte, which stays next; 0 at the end. */
  peek(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  byte(): number {
    return this.#bytes[this.#skip(1)] as number;
  }

  /** Steps over a break if it is next. */
  isBreak(): boolean {
    if (this.#bytes[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  /** Steps over so many bytes, and gives where they begin. */
  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw truncated();
    this.#at = start + length;
    return start;
  }

  /** Makes sure that so many bytes are there. */
  need(length: number): void {
    if (length > this.#bytes.length - this.#at) throw truncated();
  }

  /** RFC 8949 section 3: what follows the head. A bigint from 2^53 on. */
  argument(info: number): number | bigint {
    if (info < 24) return info;
    if (info === 24) return this.byte();
    if (info === 25) return this.#view.getUint16(this.#skip(2));
    if (info === 26) return this.#view.getUint32(this.#skip(4));
    if (info !== 27) throw malformed('has a reserved length');
    const start = this.#skip(8);
    const high = this.#view.getUint32(start);
    if (high >= 2 ** 21) return this.#view.getBigUint64(start);
    return high * 2 ** 32 + this.#view.getUint32(start + 4);
  }

  /** A float of 16, 32 or 64 bits. */
  float(info: 25 | 26 | 27): number {
    if (info === 25) return halfFloat(this.#view.getUint16(this.#skip(2)));
    if (info === 26) return this.#view.getFloat32(this.#skip(4));
    return this.#view.getFloat64(this.#skip(8));
  }

  /** Bytes after the head of their length. */
  slice(info: number): Uint8Array {
    const length = Number(this.argument(info));
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Text after the head of its length. */
  text(info: number): string {
    const length = Number(this.argument(info));
    const start = this.#skip(length);
    return (length < SHORT_TEXT ? this.#ascii(start) : undefined) ?? this.#unicode(start);
  }

  #ascii(start: number): string | undefined {
    let text = '';
    for (let at = start; at < this.#at; at++) {
      const byte = this.#bytes[at] as number;
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #unicode(start: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      throw malformed('has text that is not valid UTF-8');
    }
  }
}

/** RFC 8949 appendix D. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (fraction + 1024) * 2 ** (exponent - 25);
}
