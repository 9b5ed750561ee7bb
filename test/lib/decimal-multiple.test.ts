import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multipleTest } from '../../src/lib/decimal-multiple.ts';

describe('a number is a multiple of another', () => {
  it.each<[number, number, boolean]>([
    [0.3, 0.1, true],
    [0.30000000000000004, 0.1, false],
    [4.35, 0.01, true],
    [19.99, 0.01, true],
    [1.005, 0.01, false],
    [0, 0.1, true],
    [-0.7, 0.1, true],
    [1e-8, 1e-9, true],
    [1e-9, 1e-8, false],
    [7, 2, false],
    [4.5, 1.5, true],
    [9007199254740992, 2, true],
    [1e308, 0.5, true],
    [1e308, 0.123456789, false],
    [1.5, 1e300, false],
    [5e-324, 5e-324, true],
    [1e21, 1e21, true],
    [2.5e21, 1e21, false],
    [123456789012345.6, 0.1, true],
    [Number.NaN, 0.1, false],
    [Number.POSITIVE_INFINITY, 1, false],
    [Number.POSITIVE_INFINITY, 0.1, false],
  ])('as decimals: %d of %d: %o', (value, divisor, expected) => {
    expect(multipleTest(divisor)(value)).toBe(expected);
  });

  it('as exact arithmetic with digits says, for any decimal and any number of places', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(12),
        (digits, divisor, places) => {
          const value = Number(`${digits % 1e12}e-${places}`);
          const isMultiple = BigInt(digits % 1e12) % BigInt(divisor) === 0n;
          expect(multipleTest(Number(`${divisor}e-${places}`))(value)).toBe(isMultiple);
        },
      ),
    );
  });
});
