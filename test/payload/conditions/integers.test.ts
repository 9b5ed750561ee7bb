import { expect, it } from 'vitest';
import { compileCondition } from '../../../src/payload/conditions/compile.ts';

const big = 9007199254740993n;

it.each<[source: string, n: number | bigint, holds: boolean]>([
  ['n == 9007199254740993', big, true],
  ['n == 9007199254740992', big, false],
  ['n == 9007199254740992.0', big, false],
  ['n > 9007199254740992.0', big, true],
  ['n >= 9007199254740994.0', big, false],
  ['n < 9007199254740994.0', big, true],
  ['n <= 9007199254740992.0', big, false],
  ['9007199254740992.0 < n', big, true],
  ['9007199254740992.0 >= n', big, false],
  ['n in [9007199254740992]', big, false],
  ['[n] == [9007199254740993]', big, true],
  ['n + 1 == 9007199254740994', big, true],
  ['string(n) == "9007199254740993"', big, true],
  ['n == 18446744073709551615u', 2n ** 64n - 1n, true],
  ['n == 18446744073709551614u', 2n ** 64n - 1n, false],
  ['n > 9223372036854775807', 2n ** 64n - 1n, true],
  ['n == 10000000000000000001u', 10n ** 19n, false],
  ['n > 9007199254740992', 2 ** 53, false],
  ['n >= 9007199254740993', 2 ** 53, false],
  ['n < 9007199254740993', 2 ** 53, true],
  ['n < 5', 4.5, true],
  ['n >= 5', 5, true],
])('a condition compares integers beyond 2^53 to the last digit: %s of %d is %s', (source, n, holds) => {
  const condition = compileCondition(source, { n: (value: number | bigint) => value });
  if ('problem' in condition) throw new Error(condition.problem);
  expect(condition.test(n)).toBe(holds);
});
