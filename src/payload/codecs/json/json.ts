/** JSON (RFC 8259), with unique keys and valid Unicode (RFC 7493). */
import type { Reading, ValueObject } from '../../../policy/messages/value.ts';
import type { ValueCodec } from '../codec.ts';
import { malformed, unsupported } from '../error.ts';
import { type CodecLimits, checkSize } from '../limits.ts';
import { duplicateKey, survey, type Value } from '../value.ts';
import { parseWithIntegers, stringifyWithIntegers } from './integers.ts';
import { rewriteJson } from './rewrite.ts';
import { type JsonScan, scanJson } from './scan.ts';

export interface JsonSpec {
  /**
   * Accepts additions by microcontrollers and editors: a byte order mark before the text, NUL bytes after it.
   * Neither is written. Default: false: both are rejected.
   */
  readonly lenient?: boolean;
}

export function openJson(limits: CodecLimits, { lenient = false }: JsonSpec = {}): ValueCodec {
  const textOf = (bytes: Uint8Array) => {
    const checked = checkSize(bytes, limits);
    return lenient ? bare(checked) : checked;
  };
  return {
    kind: 'value',
    name: 'json',
    decode: (bytes) => read(textOf(bytes), limits).value,
    read: (bytes) => read(textOf(bytes), limits),
    encode: (value) => checkSize(encode(value, limits), limits),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

function read(bytes: Uint8Array, limits: CodecLimits): Reading {
  const scan = scanJson(bytes, limits);
  const text = decodeText(bytes);
  const parsed = parse(text);
  const value = (scan.hasLongInteger ? parseWithIntegers(text) : parsed) as Value;
  const { entries, hasNonFinite } = isPlain(scan, limits)
    ? { entries: countEntries(value), hasNonFinite: false }
    : survey(value, limits);
  // JSON.parse keeps the last of two entries with the same key.
  if (entries !== scan.entries) throw duplicateKey();
  if (hasNonFinite) throw unsupported('has a number that is too large');
  if (!scan.hasOddNumber) return { value };
  return { value, rewrite: (changed) => checkSize(rewrite(text, value, changed, limits), limits) };
}

/**
 * Reports whether a survey cannot find a problem in the value: an unpaired surrogate needs an escape, and a number
 * that is too large needs an exponent or many digits.
 */
function isPlain(scan: JsonScan, limits: CodecLimits): boolean {
  const { hasEscape, hasOddNumber, mayHaveProto, mostItems } = scan;
  return !(hasEscape || hasOddNumber || mayHaveProto || mostItems > limits.maxItems);
}

/** Counts the entries of all maps in a result of `JSON.parse`. */
function countEntries(value: Value): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countEntries(item);
    return count;
  }
  const members = value as ValueObject;
  for (const key in members) count += 1 + countEntries(members[key] as Value);
  return count;
}

function rewrite(text: string, value: Value, changed: Value, limits: CodecLimits): Uint8Array {
  if (survey(changed, limits).hasNonFinite) throw noJsonNumber();
  return utf8Encoder.encode(rewriteJson(text, value, changed));
}

const MARK = [0xef, 0xbb, 0xbf];
const ADVICE = 'decode: { json: { lenient: true } } accepts it';

const hasMark = (bytes: Uint8Array) => MARK.every((byte, i) => bytes[i] === byte);

/** Strips a byte order mark, and trailing NUL bytes with the white space among them. */
function bare(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (isPadding(bytes[end - 1])) end--;
  return bytes.subarray(hasMark(bytes) ? MARK.length : 0, end);
}

function isPadding(byte: number | undefined): boolean {
  return byte === 0 || byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function decodeText(bytes: Uint8Array): string {
  if (hasMark(bytes)) throw malformed(`begins with a byte order mark, which JSON does not allow; ${ADVICE}`);
  if (bytes.at(-1) === 0) throw malformed(`ends with a NUL byte, which JSON does not allow; ${ADVICE}`);
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
    // The engine's message quotes the text: use only the position.
    const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
    throw malformed(`is not JSON${position === undefined ? '' : `: wrong at character ${position}`}`);
  }
}

function encode(value: Value, limits: CodecLimits): Uint8Array {
  const { hasBytes, hasBigint, hasNonFinite } = survey(value, limits);
  if (hasNonFinite) throw noJsonNumber();
  return utf8Encoder.encode(hasBytes || hasBigint ? stringifyWithIntegers(value) : JSON.stringify(value));
}

const noJsonNumber = () => unsupported('has NaN or an infinity, which JSON does not allow');
