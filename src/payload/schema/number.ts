/**
 * JSON numbers: a bigint is an integer beyond 2^53. JavaScript compares both types exactly, but `===` and sets treat a
 * bigint and a number of the same value as different.
 */

export type AnyNumber = number | bigint;

export function isAnyNumber(value: unknown): value is AnyNumber {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** NaN equals nothing. */
export function isSameScalar(a: unknown, b: unknown): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: compares a number and a bigint by value
  return a === b || (isAnyNumber(a) && isAnyNumber(b) && a == b);
}

/** Returns a canonical text for a number: the digits of an integer. */
export function canonicalNumber(value: AnyNumber): string {
  if (typeof value === 'bigint') return value.toString();
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? BigInt(value).toString()
    : JSON.stringify(value);
}
