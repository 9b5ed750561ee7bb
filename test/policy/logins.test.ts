import { describe, expect, it } from 'vitest';
import { loginOfClaims, loginOfHttp } from '../../src/policy/logins.ts';

describe('loginOfClaims', () => {
  it('keeps nothing of a token that grants nothing', () => {
    expect(loginOfClaims({ exp: 100 }, { acl: 'acl' })).toEqual({
      result: 'allow',
      grant: { tags: {}, rules: undefined, expiresAt: undefined },
    });
  });

  it('takes tags and grants, until the token expires', () => {
    const claims = { exp: 100, roles: ['admin'], acl: { pub: ['a'] } };
    expect(loginOfClaims(claims, { acl: 'acl', tags: 'roles' })).toMatchObject({
      result: 'allow',
      grant: { tags: { admin: 'true' }, expiresAt: 100_000, rules: [{ allow: 'publish' }, { deny: 'all' }] },
    });
  });

  it.each([
    ['grants', { acl: { pub: 'a' } }],
    ['grants', { acl: [{ permission: 'allow', action: 'pub', topic: 'a', qos: [0] }] }],
    ['grants', { acl: { pub: ['${secret}'] } }],
    ['tags', { roles: [5] }],
  ])('admits nobody whose %s cannot be read: %j', (what, claims) => {
    const login = loginOfClaims(claims, { acl: 'acl', tags: 'roles' });
    expect(login).toMatchObject({ result: 'deny', reason: expect.stringContaining(what) });
    expect(JSON.stringify(login)).not.toContain('${secret}');
  });
});

describe('loginOfHttp', () => {
  const allow = { result: 'allow', isSuperuser: false, clientAttrs: {} } as const;

  it.each([
    [{ result: 'deny' } as const, { result: 'deny' }],
    [{ result: 'ignore' } as const, { result: 'unknown' }],
    [allow, { result: 'allow', grant: { tags: {} } }],
    [{ ...allow, isSuperuser: true }, { grant: { tags: { superuser: 'true' } } }],
    [{ ...allow, clientAttrs: { site: 'x', 'no name': 'y' } }, { grant: { tags: { site: 'x' } } }],
    [{ ...allow, expireAt: 7 }, { grant: { expiresAt: 7000 } }],
    [{ ...allow, acl: { sub: ['a'] } }, { grant: { rules: [{ allow: 'subscribe' }, { deny: 'all' }] } }],
    [{ ...allow, acl: 5 }, { result: 'deny' }],
  ])('%j -> %j', (verdict, login) => {
    expect(loginOfHttp(verdict)).toMatchObject(login);
  });
});
