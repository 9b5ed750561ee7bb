import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegex } from '../../src/policy/regex.ts';

function isMatch(pattern: string, text: string): boolean {
  const test = compileRegex(pattern);
  if (typeof test !== 'function') throw new Error(`${pattern}: ${test.problem}`);
  return test(text);
}

describe('a regular expression', () => {
  test.each([
    ['^dashboard$', 'dashboard', true],
    ['^dashboard$', 'dashboards', false],
    ['dash', 'my-dashboard', true], // anywhere, as in EMQX
    ['^d', 'xd', false],
    ['d$', 'dx', false],
    ['d$', 'd\n', false], // "$" is the very end
    ['', 'x', true],
    ['a|b', 'cb', true],
    ['^(a|b)$', 'ab', false],
    ['^(?:ab)+$', 'abab', true],
    ['^a*$', '', true],
    ['^a+$', '', false],
    ['^a?b$', 'b', true],
    ['^a*?b$', 'aab', true],
    ['^a{2}$', 'aa', true],
    ['^a{2}$', 'aaa', false],
    ['^a{2,}$', 'aaaa', true],
    ['^a{1,3}$', 'aaaa', false],
    ['^[a-c_]+$', 'ab_c', true],
    ['^[^a-c]$', 'b', false],
    ['^[]x]$', ']', true],
    ['^[a-]$', '-', true],
    ['^[\\d.]+$', '1.2', true],
    ['^\\w+\\s\\S+$', 'ab_1 é', true],
    ['^\\W$', 'a', false],
    ['^\\D$', '7', false],
    ['^a\\.b$', 'axb', false],
    ['^.$', '😀', true],
    ['^.$', '\n', false],
    ['^client-[0-9]+$', 'client-42', true],
    ['(a*)*b', 'aaab', true],
    ['^(|a)+$', 'aa', true],
    ['\\t\\n', 'a\t\n', true],
  ])('/%s/ on %o: %o', (pattern, text, expected) => expect(isMatch(pattern, text)).toBe(expected));

  test.each([
    ['(', 'unmatched "("'],
    [')', 'unmatched ")"'],
    ['a)', 'unmatched ")"'],
    ['[a', 'ends where "]" was expected'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['a|*', 'nothing to repeat'],
    ['a{2,1}', 'wrong way round'],
    ['a{', 'write "\\{"'],
    ['a{x}', 'write "\\{"'],
    ['a{2', 'write "\\{"'],
    ['a{1001}', 'more than 1000'],
    ['(a{1000}){1000}', 'too large'],
    ['[z-a]', 'wrong way round'],
    ['[\\d-z]', 'from one character'],
    ['[[:alpha:]]', 'not supported'],
    ['[\\D]', 'not supported'],
    ['\\', 'ends where'],
    ['(a)\\1', 'not supported'],
    ['\\bx', 'not supported'],
    ['(?=a)', 'no look-around'],
    ['(?i)a', 'no flags'],
    ['(?<n>a)', 'no names'],
    ['('.repeat(60), 'nested'],
  ])('/%s/ is refused: %s', (pattern, problem) => {
    expect(compileRegex(pattern)).toEqual({ problem: expect.stringContaining(problem) });
  });

  test('agrees with the backtracking engine', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '^', '$');
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}'))
          .map(([a, q]) => `(?:${a})${q}`),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(
        pattern,
        text,
        (source, subject) => isMatch(source, subject) === new RegExp(source).test(subject),
      ),
      { numRuns: 3000 },
    );
  });

  test('that makes a backtracking engine run for ever ends', () => {
    expect(isMatch('^(a+)+$', `${'a'.repeat(20_000)}!`)).toBe(false);
    expect(isMatch('^(a|a)*$', `${'a'.repeat(20_000)}!`)).toBe(false);
    expect(isMatch(`^${'a?'.repeat(100)}${'a'.repeat(100)}$`, 'a'.repeat(100))).toBe(true);
  });
});
