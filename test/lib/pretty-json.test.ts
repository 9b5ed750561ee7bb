import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettyJson } from '../../src/lib/pretty-json.ts';
import { atOnce } from '../../src/lib/steps.ts';

describe('prettyJson', () => {
  it('writes what JSON.stringify writes with an indentation of two', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 6 }), fc.object({ withNullPrototype: true }));
    fc.assert(
      fc.property(value, (anything) => {
        expect(atOnce(prettyJson(anything))).toBe(JSON.stringify(anything, null, 2));
      }),
    );
    const odd = { a: undefined, b: [undefined, { c: [] }, {}], 'd\n"': 'x\ny', e: { f: { g: { h: [1] } } } };
    expect(atOnce(prettyJson(odd))).toBe(JSON.stringify(odd, null, 2));
  });
});
