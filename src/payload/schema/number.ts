/**
 * Numbers of JSON: a bigint is an integer beyond 2^53. JavaScript compares both kinds exactly, but `===` and sets call
 * a bigint and a number of one value different.
 */

export type AnyNumber = number | bigint;

export function isAnyNumber(value: unknown): value is AnyNumber {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** NaN equals nothing. */
export function isSameScalar(a: unknown, b: unknown): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: of a number and a bigint it compares the values
  return a === b || (isAnyNumber(a) && isAnyNumber(b) && a == b);
}

/** One text for each number: of an integer its digits. */
export function canonicalNumber(value: AnyNumber): string {
  if (typeof value === 'bigint') return value.toString();
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? BigInt(value).toString()
    : JSON.stringify(value);
}
