import { describe, expect, it } from 'vitest';
import { parseTags, withTag } from '../../src/policy/tags.ts';

describe('parseTags', () => {
  it.each<[unknown, Record<string, string>]>([
    [undefined, {}],
    [null, {}],
    ['', {}],
    ['admin', { admin: 'true' }],
    ['site=berlin;admin', { site: 'berlin', admin: 'true' }],
    ['read:devices write:devices', { 'read:devices': 'true', 'write:devices': 'true' }],
    [['admin', 'site=berlin'], { admin: 'true', site: 'berlin' }],
    [
      { site: 'berlin', floor: 3, admin: true },
      { site: 'berlin', floor: '3', admin: 'true' },
    ],
    ['query=a=b', { query: 'a=b' }],
  ])('reads %j', (value, tags) => {
    expect({ ...parseTags(value) }).toEqual(tags);
  });

  it.each([
    42,
    true,
    [1],
    [['a']],
    { a: {} },
    { a: null },
    // What they were rounded from is another one's.
    { a: 2 ** 53 },
    { a: 1e300 },
    { 'a b': 'c' },
    '=x',
    { '': 'x' },
    ['x'.repeat(65)],
  ])('refuses %j', (value) => {
    expect(parseTags(value)).toBeUndefined();
  });

  it('is not fooled by names that objects have', () => {
    const name: string = 'constructor';
    expect(parseTags([])?.[name]).toBeUndefined();
    expect(withTag({}, 'superuser')[name]).toBeUndefined();
    expect(parseTags(JSON.parse('{"__proto__":"x"}'))).toBeUndefined();
  });
});
