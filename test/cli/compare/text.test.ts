import { describe, expect, it } from 'vitest';
import { columns, some } from '../../../src/cli/compare/text.ts';
import { plural } from '../../../src/lib/plural.ts';

describe('texts for a terminal', () => {
  it('are aligned in columns', () => {
    expect(
      columns(
        [
          ['a', '1', ''],
          ['long', '10', 'x'],
        ],
        [1],
      ),
    ).toStrictEqual(['a      1', 'long  10  x']);
    expect(columns([])).toStrictEqual([]);
  });

  it('count, and name the first few', () => {
    expect([plural(0, 'call'), plural(1, 'call'), plural(2, 'call')]).toStrictEqual([
      '0 calls',
      '1 call',
      '2 calls',
    ]);
    expect(some(['a', '', 'c\n'], 3)).toBe('a, (none), c\\n');
    expect(some(['a', 'b', 'c', 'd'], 3)).toBe('a, b, c, ...');
  });
});
