import { describe, expect, it } from 'vitest';
import { createMemoryGrants } from '../../../src/lookup/grants/memory.ts';
import { createSharedGrants, type RecordStore } from '../../../src/lookup/grants/shared.ts';
import { createClientGrants } from '../../../src/lookup/policy/client-grants.ts';
import type { OpenedMethod } from '../../../src/lookup/policy/methods.ts';
import type { PolicyWorld } from '../../../src/lookup/policy/open-policy.ts';
import { KEEP_GRANT } from '../../../src/policy/login/authenticate.ts';
import type { Known, MethodAnswer } from '../../../src/policy/policy.ts';
import { GRANTS } from '../../../src/policy/topics/authorize-action.ts';
import type { Decision } from '../../../src/protocol/schema/decision.ts';

const { signal } = new AbortController();
const client: Known = { node: 'n', clientid: 'c', username: 'anna', peerhost: '', cn: '', dn: '' };
const token: Known = { ...client, username: 'e30.e30.c2ln' };
const tags = (site: string) => ({ tags: { site } });

/** A users file that knows anna. */
const users: OpenedMethod = {
  name: 'users',
  section: {} as OpenedMethod['section'],
  method: { name: 'users' },
  open: open({
    recall: ({ username }) =>
      username === 'anna' ? { result: 'allow', grant: tags('file') } : { result: 'unknown' },
  }),
};
const jwt: OpenedMethod = {
  name: 'jwt',
  section: { jwt: { from: 'password' } } as OpenedMethod['section'],
  method: { name: 'jwt' },
  open: open({}),
};
const usernameJwt: OpenedMethod = {
  name: 'token',
  section: { jwt: { from: 'username' } } as OpenedMethod['section'],
  method: { name: 'token' },
  open: open({ look: async ({ username }) => answerOf(username) }),
};

const answerOf = (username: string): MethodAnswer =>
  username === token.username ? { result: 'allow', grant: tags('token') } : { result: 'unknown' };

function open(methods: Partial<NonNullable<OpenedMethod['open']>>): NonNullable<OpenedMethod['open']> {
  return {
    look: async () => ({ result: 'unknown' }),
    isCacheable: false,
    warnings: [],
    close: () => {},
    ...methods,
  };
}

const admitted = (by: string, grant?: Decision['grant']): Decision => ({
  verdict: 'allow',
  by,
  reason: '',
  isShadow: false,
  ...(grant && { grant }),
});

function fakeRecords() {
  const texts = new Map<string, string>();
  const asked: string[] = [];
  const records: RecordStore = {
    read: async (key) => {
      asked.push(key);
      return texts.get(key);
    },
    write: async (key, text) => void texts.set(key, text),
    remove: async (key) => void texts.delete(key),
    isConnected: true,
    close: () => {},
  };
  return { texts, asked, records };
}

function setup(
  methods: readonly OpenedMethod[],
  records?: RecordStore,
  settings: object = { onError: 'deny' },
) {
  const options = { max: 10, now: () => 1000, monotonic: () => 1000 };
  const store =
    records === undefined
      ? createMemoryGrants(options)
      : createSharedGrants({ ...options, records, prefix: '', freshness: 100 });
  const authenticate = settings as Parameters<typeof createClientGrants>[0];
  return createClientGrants(authenticate, methods, { grants: store } as PolicyWorld);
}

const ask = async (grants: ReturnType<typeof setup>, kind: string, details: object) =>
  await grants.lookups[kind]?.({ kind, ...details }, { signal });

describe('what connected clients were granted', () => {
  it('is in memory after the login, without a look-up', () => {
    const grants = setup([users, jwt]);
    expect(grants).toMatchObject({ areShared: false, hasUsernameTokens: false });
    expect([...grants.keptBefore]).toEqual([]);
    expect(KEEP_GRANT in grants.lookups).toBe(false);
    const someone = { ...client, username: 'someone' };
    grants.decided(someone, admitted('jwt', tags('jwt')));
    expect(grants.find(someone)?.tags).toEqual({ site: 'jwt' });
    grants.decided(someone, { ...admitted('jwt'), verdict: 'deny' });
    expect(grants.find(someone)?.tags).toEqual({ site: 'jwt' });
    grants.decided(someone, admitted('otherwise'));
    expect(grants.find(someone)).toBeUndefined();
  });

  it('is derived from the names if they are enough: a changed file takes effect at once', () => {
    const grants = setup([users, jwt]);
    grants.decided(client, admitted('users', tags('old file')));
    expect(grants.find(client)?.tags).toEqual({ site: 'file' });
  });

  it.each([{ onError: 'allow' }, { onError: 'ignore' }, { onError: 'deny', mode: 'shadow' }])(
    'is also remembered for names in a file, with %j, if another method may admit them',
    (settings) => {
      const grants = setup([users, jwt], undefined, settings);
      expect(grants.find(client)).toBeUndefined();
      grants.decided(client, admitted('users', tags('login')));
      expect(grants.find(client)?.tags).toEqual({ site: 'login' });
      // The same names with a wrong password, admitted by another method.
      grants.decided(client, { ...admitted('users'), verdict: 'deny' });
      expect(grants.find(client)).toBeUndefined();
    },
  );
});

describe('what connected clients were granted, shared with other instances', () => {
  it('is kept before the login is answered, unless names or a token tell it again', () => {
    const { records } = fakeRecords();
    expect([...setup([users, jwt, usernameJwt], records).keptBefore]).toEqual(['jwt', 'otherwise']);
    expect([...setup([jwt, users], records).keptBefore]).toEqual(['jwt', 'users', 'otherwise']);
    expect([...setup([users], records).keptBefore]).toEqual(['otherwise']);
    expect([...setup([users], records, { onError: 'allow' }).keptBefore]).toEqual(['users', 'otherwise']);
  });

  it('reaches the other instance', async () => {
    const { records } = fakeRecords();
    const [one, other] = [setup([jwt], records), setup([jwt], records)];
    await ask(one, KEEP_GRANT, { client, grant: tags('north') });
    one.decided(client, admitted('jwt', tags('north')));
    expect(one.find(client)?.tags).toEqual({ site: 'north' });
    expect(other.find(client)).toBeUndefined();
    expect(await ask(other, GRANTS, { client })).toMatchObject(tags('north'));
    expect(other.find(client)?.tags).toEqual({ site: 'north' });
  });

  it('is not asked for where the names tell it', () => {
    const { records } = fakeRecords();
    const grants = setup([users, jwt], records);
    expect(grants.find(client)?.tags).toEqual({ site: 'file' });
    expect(grants.find({ ...client, username: 'someone' })).toBeUndefined();
  });

  it('is read from the token in the user name before any look-up', async () => {
    const { records, asked } = fakeRecords();
    const grants = setup([usernameJwt], records);
    expect(await ask(grants, GRANTS, { client: token })).toMatchObject(tags('token'));
    expect(grants.find(token)?.tags).toEqual({ site: 'token' });
    expect(asked).toEqual([]);
    await ask(grants, GRANTS, { client: { ...client, username: 'not.a.token-of-ours' } });
    expect(asked).toHaveLength(1);
  });
});
