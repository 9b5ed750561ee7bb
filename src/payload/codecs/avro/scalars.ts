/** Avro types that do not contain others. */

import { malformed } from '../error.ts';
import { shortFloat32 } from '../short-float.ts';
import type { Value } from '../value.ts';
import { type AvroPlan, misfit, type Place } from './plan.ts';
import type { AvroScan } from './scan.ts';

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;
const MIN_INT = -(2 ** 31);
const MAX_INT = 2 ** 31 - 1;

/** Makes a plan for values that need no conversion. */
function plain(expected: string, scan: (scan: AvroScan) => void, fits: (value: Value) => boolean): AvroPlan {
  return {
    expected,
    scan,
    fromLibrary: (value) => value as Value,
    toLibrary(value, place) {
      if (!fits(value)) throw misfit(place, expected);
      return value;
    },
  };
}

const isInt = (value: Value) =>
  Number.isInteger(value) && Number(value) >= MIN_INT && Number(value) <= MAX_INT;
const isLong = (value: Value) =>
  typeof value === 'bigint' ? value >= MIN_LONG && value <= MAX_LONG : Number.isSafeInteger(value);

const floating = (expected: string, size: number): AvroPlan => ({
  ...plain(
    expected,
    (scan) => scan.skip(size),
    () => true,
  ),
  toLibrary(value, place) {
    // An integer in JSON may be a floating-point number printed in full.
    if (typeof value !== 'number' && typeof value !== 'bigint') throw misfit(place, expected);
    return Number(value);
  },
});

export const scalarPlans: Readonly<Record<string, AvroPlan>> = {
  null: plain(
    'null',
    () => {},
    (value) => value === null,
  ),
  boolean: plain(
    'true or false',
    (scan) => scan.boolean(),
    (value) => typeof value === 'boolean',
  ),
  int: plain('an integer of 32 bits', (scan) => scan.int(), isInt),
  long: plain('an integer of 64 bits', (scan) => scan.long(), isLong),
  float: { ...floating('a number', 4), fromLibrary: (value) => shortFloat32(value as number) },
  double: floating('a number', 8),
  string: plain(
    'text',
    (scan) => scan.text(),
    (value) => typeof value === 'string',
  ),
};

export function enumPlan(symbols: readonly string[]): AvroPlan {
  const known = new Set(symbols);
  const scan = (scan: AvroScan) => {
    const index = scan.int();
    if (index < 0 || index >= symbols.length) throw malformed('has an enum value that is not in the schema');
  };
  return plain('a symbol of the enum', scan, (value) => typeof value === 'string' && known.has(value));
}

/** Accepts bytes or their JSON form, base64. */
function toBuffer(value: Value, place: Place | undefined, expected: string): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const decoded = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (decoded === undefined || decoded.toString('base64') !== value) throw misfit(place, expected);
  return decoded;
}

export const bytesPlan: AvroPlan = {
  expected: 'bytes, or text in base64',
  scan: (scan) => scan.sized(),
  fromLibrary: (value) => new Uint8Array(value as Buffer),
  toLibrary: (value, place) => toBuffer(value, place, bytesPlan.expected),
};

export function fixedPlan(size: number): AvroPlan {
  const expected = `${size} bytes, or text in base64`;
  return {
    ...bytesPlan,
    expected,
    scan: (scan) => scan.skip(size),
    toLibrary(value, place) {
      const buffer = toBuffer(value, place, expected);
      if (buffer.length !== size) throw misfit(place, expected);
      return buffer;
    },
  };
}
