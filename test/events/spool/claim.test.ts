import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claim, cut, extend, runsOf } from '../../../src/events/spool/claim.ts';

const claim = (first: number, last: number, owner = 'me'): Claim => ({ first, last, owner });

describe('cutting a range out of claims', () => {
  it.each([
    ['nothing of a claim outside the range', [claim(1, 4)], [], []],
    ['claims inside the range', [claim(5, 9), claim(6, 7)], [claim(5, 9), claim(6, 7)], []],
    ['the end of a claim that reaches into the range', [claim(1, 7)], [claim(1, 7)], [claim(1, 4)]],
    [
      'the beginning of a claim that reaches out of the range',
      [claim(9, 12)],
      [claim(9, 12)],
      [claim(10, 12)],
    ],
    [
      'the middle of a claim that spans the range',
      [claim(1, 12)],
      [claim(1, 12)],
      [claim(1, 4), claim(10, 12)],
    ],
  ])('removes %s', (_name, claims, removed, added) => {
    expect(cut(claims, 5, 9)).toStrictEqual({ removed, added });
  });

  it('frees the positions of the range and no others', () => {
    const position = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(position, position, position, position, (a, b, c, d) => {
        const before = claim(Math.min(a, b), Math.max(a, b));
        const [first, last] = [Math.min(c, d), Math.max(c, d)];
        const { removed, added } = cut([before], first, last);
        const after = removed.length === 0 ? [before] : added;
        for (let at = 0; at <= 50; at++) {
          const has = (claims: readonly Claim[]) => claims.some((one) => one.first <= at && at <= one.last);
          expect(has(after)).toBe(has([before]) && !(first <= at && at <= last));
        }
      }),
    );
  });
});

describe('adding a claim', () => {
  it.each([
    ['right behind one of the same owner merges them', claim(1, 4), [claim(1, 4)], [claim(1, 9)]],
    ['right behind one of another owner stays separate', claim(1, 4, 'you'), [], [claim(5, 9)]],
    ['behind a gap stays separate', claim(1, 3), [], [claim(5, 9)]],
  ])('%s', (_name, before, removed, added) => {
    expect(extend([before], claim(5, 9))).toStrictEqual({ removed, added });
  });
});

describe('a list of positions', () => {
  it('is split into runs of consecutive positions, in any order and without duplicates', () => {
    expect(runsOf([7, 3, 4, 9, 3, 8, 1])).toStrictEqual([
      { first: 1, last: 1 },
      { first: 3, last: 4 },
      { first: 7, last: 9 },
    ]);
    expect(runsOf([])).toStrictEqual([]);
  });
});
