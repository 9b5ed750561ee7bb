import { expect, it } from 'vitest';
// @ts-expect-error A plain script, as all of the loss test.
import { compare } from './compare.mjs';

const of = (...ids: string[]) => ids.map((id) => ({ client: id[0] as string, id }));

it('finds nothing missing when all that was answered is held', () => {
  expect(compare(of('a1', 'b1', 'a2'), of('b1', 'a1', 'a2', 'x9'))).toStrictEqual({
    answered: 3,
    held: 4,
    missing: [],
    repeated: 0,
    misordered: 0,
  });
});

it('lists answered events that are missing', () => {
  expect(compare(of('a1', 'a2', 'b1'), of('a1', 'b1')).missing).toStrictEqual(['a2']);
});

it('counts duplicates, which do not change the order', () => {
  expect(compare(of('a1', 'a2'), of('a1', 'a2', 'a1'))).toMatchObject({ repeated: 1, misordered: 0 });
});

it('counts events stored in another order than answered', () => {
  expect(compare(of('a1', 'b1', 'a2'), of('a2', 'b1', 'a1')).misordered).toBe(1);
  expect(compare(of('a1', 'b1'), of('b1', 'a1')).misordered).toBe(0);
});
