import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../../../src/policy/text/glob.ts';

describe('a glob', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['dev-*', 'dev-', true],
    ['dev-*', 'dev-1', true],
    ['dev-*', 'Dev-1', false],
    ['*-x', 'a-x-x', true],
    ['*-x', 'a-x-y', false],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    ['?', 'a', true],
    ['?', '', false],
    ['?', 'ab', false],
    ['?', '😀', true],
    ['*?', 'a', true],
    ['*?', '', false],
    ['a.c', 'abc', false],
    ['**', 'x', true],
    ['a*', '*', false],
    ['*a', '*a', true],
  ])('%o, %o: %o', (glob, text, expected) => expect(matchesGlob(glob, text)).toBe(expected));

  test('agrees with a regular expression of the same meaning', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (glob, subject) => {
        const expression = glob.replaceAll('*', '[^]*').replaceAll('?', '[^]');
        return matchesGlob(glob, subject) === new RegExp(`^(?:${expression})$`).test(subject);
      }),
      { numRuns: 5000 },
    );
  });

  test('that would make a backtracking matcher run forever ends', () => {
    expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
