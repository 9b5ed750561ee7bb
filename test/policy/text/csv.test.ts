import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/policy/text/csv.ts';

const cells = (text: string) => {
  const result = parseCsv(text);
  return result.ok ? result.rows.map((row) => row.cells) : result;
};

describe('parseCsv', () => {
  it.each<[string, string[][]]>([
    ['', []],
    ['a', [['a']]],
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,\n,b\n',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['a,', [['a', '']]],
    [',', [['', '']]],
    ['"a,b","c""d"', [['a,b', 'c"d']]],
    [
      '"a\nb",c\nd,e',
      [
        ['a\nb', 'c'],
        ['d', 'e'],
      ],
    ],
    ['""', []],
    ['\uFEFFa,b', [['a', 'b']]],
    ['a\n\n\nb\n', [['a'], ['b']]],
    [' a , b ', [[' a ', ' b ']]],
  ])('reads %j', (text, rows) => {
    expect(cells(text)).toEqual(rows);
  });

  it('takes each line end for itself, whatever the first is', () => {
    expect(cells('a,b\r\n1,2\n3,4\r\n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('knows the line that a row begins on', () => {
    const result = parseCsv('a\n"b\nb"\n\nc\n');
    expect(result.ok && result.rows.map((row) => row.line)).toEqual([1, 2, 5]);
  });

  it.each<[string, number, RegExp]>([
    ['a\nb"c', 2, /in quotes$/],
    ['a\rb', 1, /in quotes$/],
    ['a\n"b', 2, /not closed/],
    ['a\n\n"b"c', 3, /after a closing quote/],
  ])('refuses %j with its line', (text, line, message) => {
    expect(parseCsv(text)).toMatchObject({ ok: false, line, message: expect.stringMatching(message) });
  });

  it('reads back whatever was written with quotes', () => {
    const row = fc.array(fc.string(), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const text = rows
          .map((r) => r.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect(cells(text)).toEqual(rows);
      }),
    );
  });

  it('reads a cell of a megabyte', () => {
    const big = '""x'.repeat(350_000);
    expect(cells(`"${big}",b`)).toEqual([[big.replaceAll('""', '"'), 'b']]);
    expect(parseCsv(`"${big}`)).toMatchObject({ ok: false });
  });
});
