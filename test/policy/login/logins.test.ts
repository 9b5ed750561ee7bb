import { describe, expect, it } from 'vitest';
import { loginOfClaims, loginOfHttp } from '../../../src/policy/login/logins.ts';

describe('loginOfClaims', () => {
  it('keeps nothing of a token that grants nothing', () => {
    expect(loginOfClaims({ exp: 100 }, { acl: 'acl' }).answer).toEqual({
      result: 'allow',
      grant: { tags: {}, rules: undefined, expiresAt: undefined },
    });
  });

  it('takes tags and grants, until the token expires', () => {
    const claims = { exp: 100, roles: ['admin'], acl: { pub: ['a'] } };
    expect(loginOfClaims(claims, { acl: 'acl', tags: 'roles' }).answer).toMatchObject({
      result: 'allow',
      grant: { tags: { admin: 'true' }, expiresAt: 100_000, rules: [{ allow: 'publish' }, { deny: 'all' }] },
    });
  });

  it.each([
    ['grants', { acl: { pub: 'a' } }],
    ['grants', { acl: [{ permission: 'allow', action: 'pub', topic: 'a', qos: [0] }] }],
    ['grants', { acl: { pub: ['${secret}'] } }],
    ['tags', { roles: true }],
  ])('admits nobody whose %s cannot be read: %j', (what, claims) => {
    const login = loginOfClaims(claims, { acl: 'acl', tags: 'roles' }).answer;
    expect(login).toMatchObject({ result: 'deny', reason: expect.stringContaining(what) });
    expect(JSON.stringify(login)).not.toContain('${secret}');
  });
});

describe('loginOfClaims with roles and flags as identity providers write them', () => {
  it('admits a client with a role that can be no tag, without it, and counts it', () => {
    const claims = { exp: 100, realm_access: { roles: ['', 'admin', { id: 1 }] } };
    const login = loginOfClaims(claims, { acl: 'acl', tags: 'realm_access.roles' });
    expect(login).toMatchObject({
      answer: { result: 'allow', grant: { tags: { admin: 'true' } } },
      skippedTags: 2,
    });
  });

  it.each([
    [0, 100_000],
    [5, 105_000],
  ])('ends grants with a tolerance of %d s as late as the token', (clockTolerance, expiresAt) => {
    const claims = { exp: 100, acl: { pub: ['a'] } };
    expect(loginOfClaims(claims, { acl: 'acl', clockTolerance }).answer).toMatchObject({
      grant: { expiresAt },
    });
  });

  it.each([true, 'true', 1, '1'])(
    'makes is_superuser %j the tag superuser, until the token ends',
    (value) => {
      expect(loginOfClaims({ exp: 100, is_superuser: value }, { acl: 'acl' }).answer).toMatchObject({
        grant: { tags: { superuser: 'true' }, expiresAt: 100_000 },
      });
    },
  );

  it.each([false, 'false', 0, '0', '', null, [true]])('makes is_superuser %j no tag', (value) => {
    expect(loginOfClaims({ exp: 100, is_superuser: value }, { acl: 'acl' }).answer).toMatchObject({
      grant: { tags: {}, expiresAt: undefined },
    });
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

  it('says why a login is refused: the reason of the service, or that there was none', () => {
    expect([{}, { reason: 'expired' }].map((more) => loginOfHttp({ result: 'deny', ...more }))).toEqual([
      { result: 'deny', reason: 'the HTTP service denied the login' },
      { result: 'deny', reason: 'expired' },
    ]);
  });

  it('marks a client as undecided only if the answer was broken', () => {
    expect(
      [{}, { isBroken: true } as const].map((more) => loginOfHttp({ result: 'ignore', ...more })),
    ).toEqual([{ result: 'unknown' }, { result: 'unknown', isBroken: true, reason: 'no usable answer' }]);
  });

  it.each(['', 'no name', '/admins', 'x'.repeat(257)])(
    'leaves out an attribute whose name can be no tag, and keeps the others: %j',
    (name) => {
      const { grant } = loginOfHttp({ ...allow, clientAttrs: { [name]: 'x', zone: 'z' } }) as {
        grant: { tags: object };
      };
      expect(Object.entries(grant.tags)).toEqual([['zone', 'z']]);
    },
  );

  it('tells the place of grants that cannot be read, and no value of them', () => {
    const login = loginOfHttp({ ...allow, acl: { pub: ['${secret}'] } });
    expect(login).toMatchObject({
      result: 'deny',
      reason: expect.stringMatching(/^cannot use the grants: acl/),
    });
    expect(JSON.stringify(login)).not.toContain('secret');
  });
});
