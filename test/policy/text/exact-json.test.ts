import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExact, isRounded, parseExactJson } from '../../../src/policy/text/exact-json.ts';

describe('parseExactJson', () => {
  it.each<[string, unknown]>([
    ['{"sub":9007199254740993}', { sub: '9007199254740993' }],
    ['{"sub":-9007199254740993}', { sub: '-9007199254740993' }],
    [
      '[9007199254740991,9007199254740992,9007199254740993]',
      [9007199254740991, 9007199254740992, '9007199254740993'],
    ],
    ['{"a":[{"b":12345678901234567890123}]}', { a: [{ b: '12345678901234567890123' }] }],
    ['9007199254740993.0', '9007199254740993.0'],
    ['0.12345678901234567890', '0.12345678901234567890'],
    ['900719925474099301e-2', '900719925474099301e-2'],
    ['1e400', '1e400'],
    ['1e-400', '1e-400'],
    [
      '{"exp":1700000000.5,"e":1.7e9,"z":1.50,"n":-0,"o":1E+2}',
      { exp: 1700000000.5, e: 1.7e9, z: 1.5, n: -0, o: 100 },
    ],
    ['1000000000000000000000', 1e21],
    [
      '{"text":"9007199254740993 \\" 9007199254740993","k":"1e400"}',
      { text: '9007199254740993 " 9007199254740993', k: '1e400' },
    ],
    ['{"9007199254740993":1}', { '9007199254740993': 1 }],
    ['{"a":9007199254740993,"a":1}', { a: 1 }],
    ['true', true],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it.each(['', '{', '01', '9007199254740993 x', '{"a":9007199254740993', 'NaN', '[1,]'])(
    'refuses %j',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  it('reads a name that could reach a prototype as JSON.parse does', () => {
    const read = parseExactJson('{"__proto__":{"a":9007199254740993}}') as object;
    expect(Object.keys(read)).toEqual(['__proto__']);
  });

  it('reads what JSON.stringify has written as JSON.parse does, however deep and long', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
    const deep = `${'['.repeat(50_000)}9007199254740993${']'.repeat(50_000)}`;
    expect(parseExactJson(deep)).toBeInstanceOf(Array);
    expect(parseExactJson(`"${'\\\\'.repeat(1_000_000)}1234567890123456"`)).toHaveLength(1_000_016);
  });

  /** Of a number, the shortest digits that stand for it: no other number is read as it stands and has the same. */
  const digitsOf = (read: string | number): string =>
    typeof read === 'string'
      ? read
      : read.toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 21 });

  it('keeps the digits of every whole number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (number) => {
        const read = parseExactJson(`[${number}]`) as unknown[];
        expect(digitsOf(read[0] as string | number)).toBe(`${number}`);
      }),
    );
  });
});

describe('isExact', () => {
  it.each(['0', '-0', '0.0', '0e5', '1', '10', '1.0', '0.1', '1e3', '12.5e-1', '1e21', '5e-324'])(
    'holds for %s',
    (number) => {
      expect(isExact(number)).toBe(true);
    },
  );
  it.each(['9007199254740993', '1e309', '1e-500', '0.10000000000000000001', '4.94e-324'])(
    'does not for %s',
    (number) => {
      expect(isExact(number)).toBe(false);
    },
  );
});

describe('isRounded', () => {
  it.each([2 ** 53, -(2 ** 53), 1e300, Number.NaN, Number.POSITIVE_INFINITY])('holds for %d', (number) => {
    expect(isRounded(number)).toBe(true);
  });
  it.each([0, 2 ** 53 - 1, 0.1, -1.5, '9007199254740993', true, undefined, 2n ** 60n])(
    'does not for %s',
    (value) => {
      expect(isRounded(value)).toBe(false);
    },
  );
});
