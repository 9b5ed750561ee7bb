/** A cursor over the elements of CBOR. */
import { ByteCursor } from '../byte-cursor.ts';
import { malformed } from '../error.ts';
import { shortFloat16, shortFloat32 } from '../short-float.ts';

/** Low five bits of a head: indefinite length, ended by a break. */
export const INDEFINITE = 31;
const BREAK = 0xff;
/** High three bits of a tag's head. */
const TAG = 6;

export class CborCursor extends ByteCursor {
  /** Skips a break if it is next. */
  isBreak(): boolean {
    if (this.peek() !== BREAK) return false;
    this.skip(1);
    return true;
  }

  /** Skips the tags that are next. */
  tags(): void {
    while (this.peek() >> 5 === TAG) this.argument(this.byte() & 0x1f);
  }

  /** Reads the argument of a head (RFC 8949 section 3); a bigint from 2^53 on. */
  argument(info: number): number | bigint {
    if (info < 24) return info;
    if (info === 24) return this.byte();
    if (info === 25) return this.view.getUint16(this.skip(2));
    if (info === 26) return this.view.getUint32(this.skip(4));
    if (info !== 27) throw malformed('has a reserved length');
    const start = this.skip(8);
    const high = this.view.getUint32(start);
    if (high >= 2 ** 21) return this.view.getBigUint64(start);
    return high * 2 ** 32 + this.view.getUint32(start + 4);
  }

  /** Reads a float of 16, 32 or 64 bits; 16 and 32 bits in their shortest decimal form. */
  float(info: 25 | 26 | 27): number {
    if (info === 25) return shortFloat16(halfFloat(this.view.getUint16(this.skip(2))));
    if (info === 26) return shortFloat32(this.view.getFloat32(this.skip(4)));
    return this.view.getFloat64(this.skip(8));
  }

  /** Reads bytes after their head. */
  slice(info: number): Uint8Array {
    return this.take(Number(this.argument(info)));
  }

  /** Reads text after its head. */
  text(info: number): string {
    return this.utf8(Number(this.argument(info)));
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
