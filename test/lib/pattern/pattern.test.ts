import { describe, expect, test } from 'vitest';
import { compilePattern, type Dialect, MAX_WORK } from '../../../src/lib/pattern/pattern.ts';

function compiled(pattern: string, dialect: Dialect = 're2') {
  const made = compilePattern(pattern, dialect);
  if ('problem' in made) throw new Error(`${pattern}: ${made.problem}`);
  return made;
}

function isMatch(pattern: string, text: string, dialect: Dialect = 're2'): boolean {
  return compiled(pattern, dialect).test(text) === 'match';
}

describe('a pattern of rules', () => {
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
    ['{x}', 'a{x}', true],
    ['\\bpump\\b', 'a pump.', true],
    ['\\bpump\\b', 'pumps', false],
    ['^\\p{Lu}\\pL+$', 'Öre', true],
    ['^\\p{Greek}+$', 'αβγ', true],
    ['^\\p{Script=Greek}+$', 'abc', false],
    ['^\\P{Letter}+$', '12', true],
    ['^\\p{^L}+$', 'a', false],
    ['^[\\p{L}\\D]$', '😀', true],
    ['\\x41\\x{42}\\u0043\\u{44}', 'ABCD', true],
    ['(?i)^DEV-\\d+$', 'dev-7', true],
    ['^(?i:dev)-X$', 'DEV-x', false],
    ['^(?P<kind>dev|app)-(?<n>\\d+)$', 'app-12', true],
    ['^[[:alpha:]]+$', 'abc', true],
    ['^\\Qa.b\\E$', 'axb', false],
    ['^[\\D]$', '7', false],
    ['\\Aab\\z', 'ab', true],
    ['(?m)^b$', 'a\nb\nc', true],
    // More repetitions than RE2 takes, multiplied.
    ['^(?:a|b{45}){35}$', 'a'.repeat(35), true],
    ['^(?:a|b{45}){25,35}$', 'a'.repeat(24), false],
    ['^(?:a|b{45}){25,35}$', 'a'.repeat(25), true],
    ['^(?:a|b{45}){25,35}$', 'a'.repeat(35), true],
    ['^(?:a|b{45}){25,35}$', 'a'.repeat(36), false],
    ['^(?:a|b{45}){30,}$', 'a'.repeat(29), false],
    ['^(?:a|b{45}){30,}$', 'a'.repeat(50), true],
  ])('/%s/ on %o: %o', (pattern, text, expected) => expect(isMatch(pattern, text)).toBe(expected));

  test.each([
    ['(', 'unmatched "("'],
    [')', 'unmatched ")"'],
    ['a)', 'unmatched ")"'],
    ['[a', 'ends where "]" was expected'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['a|*', 'nothing to repeat'],
    ['a{2,1}', 'larger number first'],
    ['a{', 'write "\\{"'],
    ['a{x}', 'write "\\{"'],
    ['a{2', 'write "\\{"'],
    ['a{1001}', 'more than 1000'],
    ['(a{1000}){1000}', 'too large'],
    ['[z-a]', 'larger character first'],
    ['[\\d-z]', 'from one character'],
    ['[[:letter:]]', 'not supported'],
    ['[[:alpha]', 'not supported'],
    ['\\', 'ends where'],
    ['(a)\\1', 'a back-reference'],
    ['(?<n>a)\\k<n>', 'a back-reference'],
    ['(?P<n>a)(?P=n)', 'not supported'],
    ['(?=a)', 'no look-around'],
    ['(?<!a)b', 'no look-around'],
    ['(?>a)', 'not supported'],
    ['(?x)a', 'the flags i, m, s and U'],
    ['a++', 'two repetitions'],
    ['\\y', '"\\y" is not supported'],
    ['\\p{Nope}', 'is not a Unicode property'],
    ['\\p{L', 'ends nowhere'],
    ['\\xg1', 'hexadecimal'],
    ['[\\b]', 'within "[]"'],
    ['a'.repeat(70_000), 'longer than'],
    ['('.repeat(60), 'nested'],
  ])('/%s/ is refused: %s', (pattern, problem) => {
    expect(compilePattern(pattern, 're2')).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('a pattern of a JSON Schema', () => {
  test.each([
    ['^\\s+$', '\u00a0\u2028\ufeff\t', true],
    ['^\\S+$', 'a\u2003b', false],
    ['^[\\s,]+$', '\u3000,', true],
    ['^\\d$', '٣', false],
    ['^\\w$', 'é', false],
    ['a$', 'a\n', false],
    ['^.$', '\u2028', false],
    ['^.$', '\r', false],
    ['^.$', '😀', true],
    ['^\\u{1f600}\\ud83d\\ude00$', '😀😀', true],
    ['^[\\u0041-\\u{5a}]+$', 'AZ', true],
    ['^\\p{Letter}+$', 'éß', true],
    ['^\\p{General_Category=Uppercase_Letter}$', 'É', true],
    ['^\\p{Script_Extensions=Greek}$', 'α', true],
    ['^\\p{Emoji_Presentation}$', '😀', true],
    ['^\\P{ASCII}$', 'a', false],
    ['^[^]$', '\n', true],
    ['[]', 'a', false],
    ['^[\\b]$', '\b', true],
    ['^\\cJ\\0$', '\n\0', true],
    ['^(?<year>\\d{4})-\\d{2}$', '2024-01', true],
    ['^\\-\\/\\@$', '-/@', true],
  ])('/%s/ on %o: %o', (pattern, text, expected) => expect(isMatch(pattern, text, 'ecma')).toBe(expected));

  test.each([
    ['\\p{Greek}', 'write \\p{Script=Greek}'],
    ['\\pL', 'a name in braces'],
    ['(?i)a', 'no flags'],
    ['(?P<n>a)', 'not supported'],
    ['\\Aa', '"\\A" is not supported'],
    ['[[:alpha:]]', 'not supported'],
    ['(?=a)', 'no look-around'],
  ])('/%s/ is refused: %s', (pattern, problem) => {
    expect(compilePattern(pattern, 'ecma')).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('the work of a pattern', () => {
  const costly = '([a-z]{1,50}){1,10}0';
  const email = '^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$';

  test('is the length of the text where the whole automaton is small', () => {
    for (const pattern of [email, '^client-[0-9]+$', '^[a-z]+$', 'plain', '\\bfoo\\b.*bar'])
      expect(compiled(pattern).work('x'.repeat(1000)), pattern).toBe(1000);
  });

  test('is the length times the size of the program elsewhere', () => {
    expect(compiled(costly).work('x'.repeat(10))).toBeGreaterThan(10 * 1000);
    expect(compiled('(a|b)*a(a|b){20}c').work('x'.repeat(10))).toBeGreaterThan(10 * 20);
  });

  test('is the same before and after other texts', () => {
    const pattern = compiled('(a|b)*a(a|b){14}c');
    const before = pattern.work('abc');
    for (let i = 0; i < 200; i++)
      pattern.test(`c${i.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}`.repeat(9));
    expect(pattern.work('abc')).toBe(before);
  });

  test('of a text that takes too much is not done', () => {
    expect(compiled(costly).test('a'.repeat(65_536))).toBe('too-costly');
    expect(compiled(costly).test(`${'a'.repeat(100)}0`)).toBe('match');
    expect(compiled(email).test('a@'.repeat(32_768))).toBe('no-match');
    expect(compiled('^[a-z]+$').test('a'.repeat(MAX_WORK))).toBe('match');
    expect(compiled('^[a-z]+$').test('a'.repeat(MAX_WORK + 1))).toBe('too-costly');
  });

  test('of several texts is taken from one budget', () => {
    const budget = { patternWork: 2500 };
    const pattern = compiled('^[a-z]+$');
    const outcomes = [1, 2, 3].map(() => pattern.test('a'.repeat(1000), budget));
    expect(outcomes).toEqual(['match', 'match', 'too-costly']);
    expect(budget.patternWork).toBe(500);
    expect(pattern.test('a', budget)).toBe('match');
  });

  test('stays small for patterns that make a backtracking engine run forever', () => {
    expect(isMatch('^(a+)+$', `${'a'.repeat(20_000)}!`)).toBe(false);
    expect(isMatch('^(a|a)*$', `${'a'.repeat(20_000)}!`)).toBe(false);
    expect(isMatch(`^${'a?'.repeat(100)}${'a'.repeat(100)}$`, 'a'.repeat(100))).toBe(true);
  });
});
