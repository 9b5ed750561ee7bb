import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGrant, recordKeyOf, writeGrant } from '../../../src/lookup/grants/record.ts';
import { parseGrants } from '../../../src/policy/topics/grants.ts';

const rulesOf = (claim: unknown) => {
  const grants = parseGrants(claim);
  if ('problem' in grants) throw new Error(grants.problem);
  return grants.rules;
};

describe('a grant as text', () => {
  it.each([
    ['tags', { tags: { site: 'north', 'odd "tag"\n': '\u{1F600}' } }],
    ['an end', { tags: {}, expiresAt: 4_102_444_800_000 }],
    [
      'a white list',
      { tags: {}, rules: rulesOf({ pub: ['own/${clientid}', 'eq a/+'], sub: [], all: ['x/#'] }) },
    ],
    [
      'a list of rules',
      {
        tags: { a: '' },
        rules: rulesOf([
          { permission: 'deny', action: 'sub', topics: ['a', 'b/+'], qos: [0, 1, 2], retain: 'all' },
          {
            permission: 'allow',
            action: 'all',
            topic: 'c',
            clientid_re: '^c',
            username_re: 'u$',
            ipaddr: '10.0.0.0/8',
          },
        ]),
      },
    ],
  ])('holds %s', (_, grant) => {
    const read = readGrant(writeGrant({ username: 'anna' }, grant));
    expect(read).toEqual({ username: 'anna', grant: { rules: undefined, expiresAt: undefined, ...grant } });
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['another version', JSON.stringify({ v: 2, username: '', tags: {} })],
    ['a key that is not known', JSON.stringify({ v: 1, username: '', tags: {}, mayDoEverything: true })],
    ['no user name', JSON.stringify({ v: 1, tags: {} })],
    [
      'a rule that cannot be used',
      JSON.stringify({ v: 1, username: '', tags: {}, rules: [{ allow: 'all', topics: 'a/#/b' }] }),
    ],
    [
      'a condition',
      JSON.stringify({ v: 1, username: '', tags: {}, rules: [{ allow: 'all', topics: 'a', when: 'true' }] }),
    ],
    ['a rule that is none', JSON.stringify({ v: 1, username: '', tags: {}, rules: ['allow everything'] })],
  ])('is not read when it holds %s', (_, text) => {
    expect(() => readGrant(text)).toThrow(
      expect.objectContaining({
        code: 'lookup_failed',
        message: 'a grant in the shared store is not one that this version wrote',
      }),
    );
  });
});

describe('the key of a grant', () => {
  const key = (node: string, clientid: string) => recordKeyOf('p:', { node, clientid, username: '' });

  it('reads back unchanged', () => {
    expect(key('emqx@10.0.0.1', 'meter-1')).toBe('p:emqx@10.0.0.1:meter-1');
    expect(key('n', 'a:b%3A')).toBe('p:n:a%3Ab%253A');
  });

  it('belongs to one client only, whatever the names contain', () => {
    const name = fc.string({ unit: fc.constantFrom('a', ':', '%', '3', 'A', '\0') });
    fc.assert(
      fc.property(name, name, name, name, (node, clientid, otherNode, otherId) => {
        const isSame = node === otherNode && clientid === otherId;
        expect(key(node, clientid) === key(otherNode, otherId)).toBe(isSame);
      }),
    );
  });
});
