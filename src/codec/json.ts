/** JSON (RFC 8259, and RFC 7493 in that keys come once and text is Unicode). */
import type { ValueCodec } from './codec.ts';
import { malformed, unsupported } from './error.ts';
import { parseWithIntegers, stringifyWithIntegers } from './json-integers.ts';
import { scanJson } from './json-scan.ts';
import { type CodecLimits, checkSize } from './limits.ts';
import { duplicateKey, survey, type Value } from './value.ts';

export function openJson(limits: CodecLimits): ValueCodec {
  return {
    kind: 'value',
    name: 'json',
    decode: (bytes) => decode(checkSize(bytes, limits), limits),
    encode: (value) => checkSize(encode(value, limits), limits),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

function decode(bytes: Uint8Array, limits: CodecLimits): Value {
  const scan = scanJson(bytes, limits);
  const text = decodeText(bytes);
  const parsed = parse(text);
  const value = scan.hasLongInteger ? parseWithIntegers(text) : parsed;
  const { entries, hasNonFinite } = survey(value, limits);
  // Of two entries with one key, JSON.parse keeps the last.
  if (entries !== scan.entries) throw duplicateKey();
  if (hasNonFinite) throw unsupported('has a number that is too large');
  return value as Value;
}

function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw malformed('begins with a byte order mark, which JSON has not');
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('is not valid UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text: only the place is taken from it.
    const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
    throw malformed(`is not JSON${position === undefined ? '' : `: wrong at character ${position}`}`);
  }
}

function encode(value: Value, limits: CodecLimits): Uint8Array {
  const { hasBytes, hasBigint, hasNonFinite } = survey(value, limits);
  if (hasNonFinite) throw unsupported('has NaN or an infinity, which JSON has not');
  return utf8Encoder.encode(hasBytes || hasBigint ? stringifyWithIntegers(value) : JSON.stringify(value));
}
