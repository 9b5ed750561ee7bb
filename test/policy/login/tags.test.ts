import { describe, expect, it } from 'vitest';
import { parseTags, readTags, withTag } from '../../../src/policy/login/tags.ts';

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
    // As directories name roles and groups.
    [
      ['/admins', 'Domain Admins', 'übung', '6f9619ff-8b86-d011-b42d-00c04fc964ff', '1', 2],
      {
        '/admins': 'true',
        'Domain Admins': 'true',
        übung: 'true',
        '6f9619ff-8b86-d011-b42d-00c04fc964ff': 'true',
        '1': 'true',
        '2': 'true',
      },
    ],
    [['CN=Ops,OU=Plant'], { CN: 'Ops,OU=Plant' }],
    [{ 'a b': 'c' }, { 'a b': 'c' }],
  ])('reads %j', (value, tags) => {
    expect({ ...parseTags(value) }).toEqual(tags);
  });

  it.each([
    42,
    true,
    [true],
    [['a']],
    { a: {} },
    { a: null },
    // They were rounded from another client's value.
    { a: 2 ** 53 },
    { a: 1e300 },
    '=x',
    [''],
    ['a\nb'],
    { '': 'x' },
    ['x'.repeat(257)],
  ])('refuses %j', (value) => {
    expect(parseTags(value)).toBeUndefined();
  });

  it('passes over what can be no tag, and counts it', () => {
    const roles = ['admin', '', null, { name: 'x' }, ['y'], true, 2 ** 53, 'x'.repeat(257), '__proto__'];
    const read = readTags(roles);
    expect({ ...read?.tags }).toEqual({ admin: 'true' });
    expect(read?.skipped).toBe(8);
  });

  it('is not fooled by names that objects have', () => {
    const name: string = 'constructor';
    expect(parseTags([])?.[name]).toBeUndefined();
    expect(withTag({}, 'superuser')[name]).toBeUndefined();
    expect(parseTags(JSON.parse('{"__proto__":"x"}'))).toBeUndefined();
  });
});
