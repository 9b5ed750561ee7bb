/** Any value that a payload may have. */
import fc from 'fast-check';
import type { Value } from '../../../src/payload/codecs/codec.ts';
import { MAX_INTEGER, MIN_INTEGER } from '../../../src/payload/codecs/value.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const key = text.filter((name) => name !== '__proto__');
const number = fc
  .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  // No codec but a float tells it from zero.
  .map((value) => (Object.is(value, -0) ? 0 : value));
const bigint = fc.bigInt(MIN_INTEGER, MAX_INTEGER).filter((value) => !Number.isSafeInteger(Number(value)));
const bytes = fc.uint8Array({ maxLength: 40 });

/** With bytes, integers beyond 2^53, NaN and the infinities. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    number,
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    bigint,
    text,
    bytes,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;

/** What JSON has, and integers beyond 2^53. */
export const anyJson: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    // From 2^53 to 2^64, JSON prints a floating point number as an integer.
    number.filter(
      (value) => !Number.isInteger(value) || Math.abs(value) < 2 ** 53 || Math.abs(value) > 2 ** 65,
    ),
    bigint,
    text,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;
