/** A payload may have tens of thousands of keys: a changed part is copied once. */
import { expect, it } from 'vitest';
import { alignItems } from '../../../src/payload/codecs/rewrite/align.ts';
import { parsePath, removePath, writePath } from '../../../src/policy/messages/path.ts';
import type { Value } from '../../../src/policy/messages/value.ts';

function pathOf(source: string) {
  const path = parsePath(source);
  if ('problem' in path) throw new Error(path.problem);
  return path;
}

it('copies a payload once if it changes several places, and leaves the original unchanged', () => {
  const payload: Value = { a: { list: [1, { x: 1 }] }, b: 2 };
  const before = structuredClone(payload);
  const copies = new Set<object>();
  const first = writePath(payload, pathOf('a.list[1].x'), 7, copies) as { a: { list: Value[] } };
  const parts = [first, first.a, first.a.list, first.a.list[1]];
  const second = writePath(first, pathOf('a.list[0]'), 8, copies) as typeof first;
  const third = writePath(second, pathOf('c.d'), 9, copies) as typeof first;
  expect([third, third.a, third.a.list, third.a.list[1]].every((part, i) => part === parts[i])).toBe(true);
  expect(third).toEqual({ a: { list: [8, { x: 7 }] }, b: 2, c: { d: 9 } });
  expect(payload).toEqual(before);
});

it('removes several fields from one copy', () => {
  const payload: Value = { a: 1, b: 2, c: [1, 2, 3], d: { e: 1, f: 2 } };
  const before = structuredClone(payload);
  const copies = new Set<object>();
  const first = removePath(payload, pathOf('a'), copies);
  let value = first;
  for (const path of ['c[0]', 'c[0]', 'd.e', 'b', 'x']) value = removePath(value, pathOf(path), copies);
  expect(value).toBe(first);
  expect(value).toEqual({ c: [3], d: { f: 2 } });
  expect(payload).toEqual(before);
});

it('does not change a part of the payload that it puts elsewhere', () => {
  const payload = { a: { x: 1 } };
  const copies = new Set<object>();
  const moved = writePath(payload, pathOf('b'), payload.a, copies);
  expect(writePath(moved, pathOf('b.x'), 2, copies)).toEqual({ a: { x: 1 }, b: { x: 2 } });
});

it('does not compare every item of a list with every item of the one in its place', () => {
  let reads = 0;
  const before = new Proxy(
    Array.from({ length: 4000 }, (_, i) => i),
    {
      get: (list, key) => {
        reads++;
        return Reflect.get(list, key);
      },
    },
  );
  alignItems(
    before,
    Array.from({ length: 2000 }, (_, i) => -1 - i),
  );
  expect(reads).toBeLessThan(100_000);
});
