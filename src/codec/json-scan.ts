/**
 * One pass over the bytes of a JSON text before it is parsed, which bounds what parsing may allocate. It does
 * not tell whether the text is JSON; it only has to be right when it is.
 */
import { type CodecLimits, tooDeep, tooManyItems } from './limits.ts';

export interface JsonScan {
  /** Colons outside of strings: the entries of all maps, with those whose key comes again. */
  readonly entries: number;
  /** May an integer be in it that a number cannot hold? */
  readonly hasLongInteger: boolean;
  /** May a number be in it that `JSON.stringify` writes otherwise: `60.0`, `1e3`, `-0`, twenty digits? */
  readonly hasOddNumber: boolean;
}

/** Every integer of so few digits is below 2^53. */
const SAFE_DIGITS = 15;

/** @throws CodecError when it is beyond the limits */
export function scanJson(bytes: Uint8Array, limits: CodecLimits): JsonScan {
  const { maxDepth, maxItems } = limits;
  let depth = 0;
  let commas = 0;
  let containers = 0;
  let entries = 0;
  let digits = 0;
  let hasLongInteger = false;
  let hasOddNumber = false;
  let total = 0;
  let last = 0;
  let isFraction = false;
  let isNegative = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte >= DIGIT_0 && byte <= DIGIT_9) {
      if (++digits > SAFE_DIGITS) hasLongInteger = true;
      total++;
      last = byte;
      continue;
    }
    if (total > 0) {
      if (byte === POINT) isFraction = true;
      else {
        // Trailing zeros, an exponent, more digits than a number has, and -0.
        hasOddNumber ||=
          (last === DIGIT_0 && (isFraction || (total === 1 && isNegative))) ||
          byte === SMALL_E ||
          byte === LARGE_E ||
          total > SAFE_DIGITS;
        total = 0;
        isFraction = false;
      }
    }
    isNegative = byte === MINUS;
    // Digits after a point do not make an integer.
    digits = byte === POINT ? Number.NEGATIVE_INFINITY : 0;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COLON) entries++;
    else if (byte === COMMA) commas++;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      containers++;
      if (++depth > maxDepth) throw tooDeep(limits);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
  }
  // An item is followed by a comma or is the last of its container; a container, but the outermost, is an item.
  if (commas > maxItems || containers > maxItems + 1) throw tooManyItems(limits);
  return { entries, hasLongInteger, hasOddNumber };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COLON = 0x3a;
const LARGE_E = 0x45;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const SMALL_E = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The index of the quote that ends the string, or the end of the text. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return bytes.length;
}
