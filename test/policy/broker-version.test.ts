import { describe, expect, test } from 'vitest';
import { isSince, parseBrokerVersion } from '../../src/policy/broker-version.ts';

describe('the release of a broker', () => {
  test.each([
    ['5.8.3', [5, 8, 3]],
    ['6.1.1', [6, 1, 1]],
    ['e5.10.0', [5, 10, 0]],
    ['v4.4.19', [4, 4, 19]],
    ['6.1.1-rc.2', [6, 1, 1]],
    ['5.8.0-beta.1', [5, 8, 0]],
    ['5.0.0-alpha1', [5, 0, 0]],
    ['', undefined], // EMQX before 4.3.14 tells nothing
    ['6.1', undefined],
    ['6.1.0-g1a2b3c4d', undefined], // may hold what 6.1.1 has
    ['6.1.1x', undefined],
    ['99999.0.0', undefined],
  ] as const)('%o is read as %o', (text, expected) => expect(parseBrokerVersion(text)).toEqual(expected));

  test.each([
    [[6, 1, 1], true],
    [[6, 1, 2], true],
    [[6, 2, 0], true],
    [[7, 0, 0], true],
    [[6, 1, 0], false],
    [[6, 0, 9], false],
    [[5, 9, 9], false],
  ] as const)('%o is 6.1.1 or later: %o', (version, expected) =>
    expect(isSince(version, [6, 1, 1])).toBe(expected),
  );
});
