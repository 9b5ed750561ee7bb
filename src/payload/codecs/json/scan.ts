/**
 * One pass over the bytes of a JSON text before it is parsed. It bounds what parsing may allocate. It does not validate:
 * its results need to be correct only for valid JSON.
 */
import { type CodecLimits, tooDeep, tooManyItems } from '../limits.ts';

export interface JsonScan {
  /** Colons outside strings: the entries of all maps, including duplicate keys. */
  readonly entries: number;
  /** An upper bound on the number of items. */
  readonly mostItems: number;
  /** It may contain an integer that a number cannot represent. */
  readonly hasLongInteger: boolean;
  /** It may contain a number that `JSON.stringify` writes differently: `60.0`, `1e3`, `-0`, twenty digits. */
  readonly hasOddNumber: boolean;
  /** A string contains an escape. */
  readonly hasEscape: boolean;
  /** It may contain `__proto__` without an escape. */
  readonly mayHaveProto: boolean;
}

/** Every integer with at most this many digits is below 2^53. */
const SAFE_DIGITS = 15;

const PROTO = '__proto__';

/** @throws CodecError if it exceeds the limits */
export function scanJson(bytes: Uint8Array, limits: CodecLimits): JsonScan {
  const { maxDepth, maxItems } = limits;
  let depth = 0;
  let commas = 0;
  let containers = 0;
  let entries = 0;
  let hasLongInteger = false;
  let hasOddNumber = false;
  let hasEscape = false;
  let mayHaveProto = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      const start = at + 1;
      at = endOfPlainString(bytes, start);
      if (bytes[start] === UNDERSCORE && at - start === PROTO.length) mayHaveProto = true;
      while (bytes[at] === BACKSLASH) {
        hasEscape = true;
        at = endOfPlainString(bytes, at + 2);
      }
    } else if (byte === COLON) entries++;
    else if (byte === COMMA) commas++;
    else if (isDigit(byte)) {
      const wholeEnd = endOfDigits(bytes, at);
      const end = bytes[wholeEnd] === POINT ? endOfDigits(bytes, wholeEnd + 1) : wholeEnd;
      if (wholeEnd - at > SAFE_DIGITS) hasLongInteger = true;
      if (isOddNumber(bytes, at, wholeEnd, end)) hasOddNumber = true;
      at = end - 1;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      containers++;
      if (++depth > maxDepth) throw tooDeep(limits);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
  }
  // Each item precedes a comma or ends its container; every container except the outermost is an item.
  if (commas > maxItems || containers > maxItems + 1) throw tooManyItems(limits);
  return { entries, mostItems: commas + containers, hasLongInteger, hasOddNumber, hasEscape, mayHaveProto };
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
const UNDERSCORE = 0x5f;
const SMALL_E = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;

function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(bytes[at])) at++;
  return at;
}

/** Reports whether it has trailing zeros, an exponent, more digits than a number can represent, or is -0. */
function isOddNumber(bytes: Uint8Array, start: number, wholeEnd: number, end: number): boolean {
  const isFraction = end > wholeEnd;
  const digits = isFraction ? end - start - 1 : end - start;
  const next = bytes[end];
  if (digits > SAFE_DIGITS || next === SMALL_E || next === LARGE_E) return true;
  if (bytes[end - 1] !== DIGIT_0) return false;
  return isFraction || (digits === 1 && bytes[start - 1] === MINUS);
}

/** Returns the index of the closing quote or of the first escape, or the end of the text. */
function endOfPlainString(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE || byte === BACKSLASH) return at;
  }
  return bytes.length;
}
