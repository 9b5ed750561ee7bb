/** Patterns of the first release keep their meaning; patterns of schemas mean what ECMA-262 says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, type Dialect } from '../../../src/lib/pattern/pattern.ts';
import { compileRegex } from './reference/regex.ts';

const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'A',
    'é',
    'ß',
    '😀',
    '.',
    '^',
    '$',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\n',
    '\\t',
    '\\.',
    '\\-',
  ],
  ...[
    '\\_',
    '\\/',
    '\\ ',
    '\\é',
    '\\😀',
    '{',
    '}',
    ']',
    '-',
    ',',
    '"',
    '#',
    '[ab]',
    '[^a]',
    '[a-cx-]',
    '[]a]',
    '[^]a]',
  ],
  ...[
    '[\\d.]',
    '[\\s_]',
    '[\\w-]',
    '[^\\s\\w]',
    '[.-]',
    '[\\]\\\\]',
    '[é-ü😀]',
    '[^\\n]',
    '()',
    '(?:)',
    '(|a)',
    '\v',
  ],
);
const quantifier = fc.constantFrom(
  '*',
  '+',
  '?',
  '{2}',
  '{0}',
  '{0,2}',
  '{1,}',
  '{02,3}',
  '*?',
  '+?',
  '??',
  '{1,2}?',
);

const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    atom,
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}|${b}`),
    fc.tuple(tie('pattern'), quantifier).map(([a, q]) => `(?:${a})${q}`),
    fc.tuple(atom, quantifier).map(([a, q]) => `${a}${q}`),
  ),
}));

const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'A',
    'c',
    '1',
    '_',
    ' ',
    '\n',
    '\v',
    '-',
    '.',
    '{',
    '}',
    ']',
    'é',
    '😀',
    'ſ',
  ),
  maxLength: 7,
});

/** Soups that are mostly not patterns: what was accepted by mistake is still accepted. */
const soup = fc.string({ unit: fc.constantFrom(...'ab.^$*+?{}()[]|\\-,0129dswnpAzQE:<>=!ié'), maxLength: 9 });

function isMatch(source: string, dialect: Dialect, subject: string): boolean {
  const made = compilePattern(source, dialect);
  if ('problem' in made) throw new Error(`refused: ${made.problem}`);
  return made.test(subject) === 'match';
}

describe('a pattern that the first release took', () => {
  test.each<[string, fc.Arbitrary<string>, number]>([
    ['built of parts', pattern, 1500],
    ['of any characters', soup, 8000],
  ])('and that is %s gives the same answers', (_, patterns, numRuns) => {
    fc.assert(
      fc.property(patterns, fc.array(text, { minLength: 1, maxLength: 4 }), (source, subjects) => {
        const before = compileRegex(source);
        if (typeof before !== 'function') return;
        for (const subject of subjects) expect(isMatch(source, 're2', subject)).toBe(before(subject));
      }),
      { numRuns },
    );
  });
});

describe('a pattern of a schema', () => {
  const parts = fc.constantFrom(
    ...[
      'a',
      'B',
      'é',
      '😀',
      '.',
      '^',
      '$',
      '\\b',
      '\\B',
      '\\d',
      '\\D',
      '\\w',
      '\\W',
      '\\s',
      '\\S',
      '\\n',
      '\\v',
      '\\0',
    ],
    ...[
      '\\x41',
      '\\u0061',
      '\\u{1f600}',
      '\\ud83d\\ude00',
      '\\cJ',
      '\\/',
      '\\.',
      '\\p{L}',
      '\\P{Lu}',
      '\\p{Letter}',
    ],
    ...[
      '\\p{Script=Latin}',
      '\\p{sc=Grek}',
      '\\p{White_Space}',
      '[]',
      '[^]',
      '[\\b]',
      '[^\\s]',
      '[\\S]',
      '[\\W\\d]',
    ],
    ...[
      '[\\p{Lu}\\-]',
      '[^\\p{Ll}]',
      '[\\P{L}]',
      '[\\u0061-\\u{7a}]',
      '[a-]',
      '[é-ü]',
      '[.$^|(]',
      '(?<n>a)',
      '(?:)',
    ],
  );
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      parts,
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
      fc.tuple(tie('pattern'), quantifier).map(([a, q]) => `(?:${a})${q}`),
    ),
  }));
  const subject = fc.string({
    unit: fc.constantFrom(
      ...[
        'a',
        'B',
        'z',
        '1',
        '_',
        ' ',
        '\n',
        '\r',
        '\v',
        '\0',
        '\b',
        '-',
        '/',
        'é',
        'É',
        'α',
        'ſ',
        'K',
        '😀',
        '𝐀',
      ],
      ...['\u00a0', '\u1680', '\u2028', '\u2029', '\u3000', '\ufeff', '\u0085', '\u180e', '٣'],
    ),
    maxLength: 6,
  });

  test('means what ECMA-262 says', () => {
    fc.assert(
      fc.property(pattern, fc.array(subject, { minLength: 1, maxLength: 4 }), (source, subjects) => {
        let expected: RegExp;
        try {
          expected = new RegExp(source, 'u');
        } catch {
          return;
        }
        for (const each of subjects) expect(isMatch(source, 'ecma', each)).toBe(expected.test(each));
      }),
      { numRuns: 1500 },
    );
  });
});
