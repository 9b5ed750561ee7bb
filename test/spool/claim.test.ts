import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claim, cut, extend, runsOf } from '../../src/spool/claim.ts';

const claim = (first: number, last: number, owner = 'me'): Claim => ({ first, last, owner });

describe('cutting a range out of claims', () => {
  it.each([
    ['nothing that does not reach into it', [claim(1, 4)], [], []],
    ['all that lies in it', [claim(5, 9), claim(6, 7)], [claim(5, 9), claim(6, 7)], []],
    ['its end', [claim(1, 7)], [claim(1, 7)], [claim(1, 4)]],
    ['its beginning', [claim(9, 12)], [claim(9, 12)], [claim(10, 12)]],
    ['its middle', [claim(1, 12)], [claim(1, 12)], [claim(1, 4), claim(10, 12)]],
  ])('takes %s', (_name, claims, removed, added) => {
    expect(cut(claims, 5, 9)).toStrictEqual({ removed, added });
  });

  it('frees these positions and no others', () => {
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
    ['that follows one of the same owner makes them one', claim(1, 4), [claim(1, 4)], [claim(1, 9)]],
    ['that follows one of another owner stands alone', claim(1, 4, 'you'), [], [claim(5, 9)]],
    ['behind a gap stands alone', claim(1, 3), [], [claim(5, 9)]],
  ])('%s', (_name, before, removed, added) => {
    expect(extend([before], claim(5, 9))).toStrictEqual({ removed, added });
  });
});

describe('positions', () => {
  it('are put together where they are neighbours, in any order, once each', () => {
    expect(runsOf([7, 3, 4, 9, 3, 8, 1])).toStrictEqual([
      { first: 1, last: 1 },
      { first: 3, last: 4 },
      { first: 7, last: 9 },
    ]);
    expect(runsOf([])).toStrictEqual([]);
  });
});
