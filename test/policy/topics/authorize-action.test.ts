import { describe, expect, it } from 'vitest';
import type { AuthorizePolicy, Granted, Known } from '../../../src/policy/policy.ts';
import { compileRules } from '../../../src/policy/topics/authorize.ts';
import { decideAction } from '../../../src/policy/topics/authorize-action.ts';

const client: Known = { node: 'n1', clientid: 'c1', username: 'u1', peerhost: '10.0.0.1', cn: '', dn: '' };
const own = (grants: Partial<Granted> = {}): Granted => ({
  tags: { site: 'berlin' },
  judge: compileRules([
    { name: 'acl.pub[0]', allow: 'publish', topics: 'own/#' },
    { name: 'acl: not listed', deny: 'all' },
  ]),
  isExpired: false,
  ...grants,
});

const policy: AuthorizePolicy = {
  judge: compileRules([
    { name: 'quarantine', deny: 'all', who: { tag: 'quarantined' } },
    { name: 'site', allow: 'all', topics: 'site/${tag.site}/#' },
    { name: 'own', allow: 'publish', topics: 'own/${clientid}' },
  ]),
  grantsOrder: 'first',
  otherwise: 'deny',
  mode: 'enforce',
};

describe('decideAction', () => {
  it.each<[string, Partial<AuthorizePolicy>, string, string, string]>([
    ['nothing granted', {}, 'own/c1', 'allow', 'own'],
    ['nothing granted', {}, 'site/berlin/x', 'deny', 'otherwise'],
    ['tags', { grantsOf: () => own({ judge: undefined }) }, 'site/berlin/x', 'allow', 'site'],
    ['own rules first', { grantsOf: () => own() }, 'own/c2', 'allow', 'acl.pub[0]'],
    ['own rules first', { grantsOf: () => own() }, 'site/berlin/x', 'deny', 'acl: not listed'],
    ['own rules last', { grantsOf: () => own(), grantsOrder: 'last' }, 'site/berlin/x', 'allow', 'site'],
    ['own rules last', { grantsOf: () => own(), grantsOrder: 'last' }, 'other', 'deny', 'acl: not listed'],
    [
      'own rules last',
      { grantsOf: () => own({ tags: { quarantined: 'true' } }), grantsOrder: 'last' },
      'own/x',
      'deny',
      'quarantine',
    ],
    ['expired grants', { grantsOf: () => own({ isExpired: true }) }, 'own/c1', 'deny', 'grants'],
    ['otherwise', { otherwise: 'ignore' }, 'x', 'ignore', 'otherwise'],
  ])('with %s %j: publish to %s -> %s by %s', (_, changes, topic, verdict, by) => {
    expect(decideAction({ ...policy, ...changes }, client, 'publish', topic)).toMatchObject({ verdict, by });
  });

  it('notes that a value cannot be in a filter, without the value', () => {
    const decision = decideAction(policy, { ...client, clientid: 'a/b' }, 'publish', 'own/x');
    expect(decision).toMatchObject({
      verdict: 'deny',
      notes: [{ variable: 'clientid', reason: 'contains "/"' }],
    });
    expect(JSON.stringify(decision)).not.toContain('a/b');
  });
});
