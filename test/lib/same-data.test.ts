import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameData } from '../../src/lib/same-data.ts';

/** Few values, so that equal ones are met. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(1, 1n, '1', '', null, undefined, true, Number.NaN, -0, 0),
    fc.uint8Array({ maxLength: 1, max: 1 }),
    fc.constantFrom(new Date(0), new Date(1), new Date(Number.NaN)),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', '__proto__', 'toString'), tie('value'), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  ),
}));

describe('two values', () => {
  it('hold the same data where Node says that they are strictly equal', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(isSameData(one, other)).toBe(isDeepStrictEqual(one, other));
      }),
      { numRuns: 5_000 },
    );
  });

  it('hold the same data when one is a copy of the other', () => {
    fc.assert(
      fc.property(fc.clone(value, 2), ([one, other]) => {
        expect(isSameData(one, other)).toBe(true);
      }),
    );
  });

  it('are not told to be the same when they are too deep, or hold themselves', () => {
    const loop = () => {
      const list: unknown[] = [];
      list.push(list, list);
      return list;
    };
    expect(isSameData(loop(), loop())).toBe(false);
  });
});
