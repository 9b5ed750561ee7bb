import { describe, expect, expectTypeOf, it } from 'vitest';
import type { OpenMethod } from '../../../src/lookup/methods/method.ts';
import { createLoginCache, type LoginMemory, methodLookups } from '../../../src/lookup/policy/login-cache.ts';
import type { OpenedMethod } from '../../../src/lookup/policy/methods.ts';
import type { PolicyWorld } from '../../../src/lookup/policy/open-policy.ts';
import type { Login } from '../../../src/policy/policy.ts';

const client: Login = {
  username: 'u',
  clientid: 'c',
  password: 'p',
  peerhost: '10.0.0.1',
  cn: 'cn',
  dn: 'dn',
  protocol: 'mqtt',
  mountpoint: 'm/',
};

/** Methods that remember what they were shown, behind one cache. */
function lookupsOf(names: readonly string[], isCacheable = true) {
  const seen: (readonly [string, Login])[] = [];
  const methods = names.map((name): OpenedMethod => {
    const look: OpenMethod['look'] = async (login) => {
      seen.push([name, login]);
      return { result: 'allow' };
    };
    const open = { look, isCacheable, warnings: [], close: () => {} };
    return { name, section: {} as OpenedMethod['section'], method: { name }, open };
  });
  const world = { now: () => 0, monotonic: () => 0, random: () => 0 } as PolicyWorld;
  const cache = createLoginCache({ ttl: 1000, negativeTtl: 1000, jitter: 0, max: 100 }, world);
  const lookups = methodLookups(methods, { cache, late: undefined });
  const { signal } = new AbortController();
  const ask = async (method: string, login: object) => {
    const kind = `authenticate/${method}`;
    return await lookups[kind]?.({ kind, client: login }, { signal });
  };
  return { ask, seen };
}

describe('a remembered login', () => {
  it('is given to the same client again', async () => {
    const { ask, seen } = lookupsOf(['users']);
    await ask('users', client);
    expect(await ask('users', { ...client })).toEqual({ result: 'allow' });
    expect(seen).toHaveLength(1);
  });

  it.each(Object.keys(client) as (keyof Login)[])(
    'is not given to a client with another %s',
    async (name) => {
      const { ask, seen } = lookupsOf(['users']);
      await ask('users', client);
      await ask('users', { ...client, [name]: `${client[name]}x` });
      await ask('users', { ...client, [name]: '' });
      expect(seen.map(([, login]) => login[name])).toEqual([client[name], `${client[name]}x`, '']);
    },
  );

  it('is not given where the end of one name has moved to the beginning of the next', async () => {
    const { ask, seen } = lookupsOf(['users']);
    await ask('users', { ...client, username: 'ab', clientid: 'c' });
    await ask('users', { ...client, username: 'a', clientid: 'bc' });
    expect(seen).toHaveLength(2);
  });

  it('is not given by another method', async () => {
    const { ask, seen } = lookupsOf(['users', 'http']);
    await ask('users', client);
    await ask('http', client);
    expect(seen.map(([name]) => name)).toEqual(['users', 'http']);
  });

  it('does not depend on anything that its key does not hold', async () => {
    const { ask, seen } = lookupsOf(['users']);
    await ask('users', { ...client, node: 'n1', isSuperuser: true });
    expect(seen).toEqual([['users', client]]);
  });

  it('is not made by methods whose answers must not be remembered', async () => {
    const { ask, seen } = lookupsOf(['jwt'], false);
    await ask('jwt', client);
    await ask('jwt', client);
    expect(seen).toHaveLength(2);
  });
});

it('an answer that came too late is found by the same key', async () => {
  const asked: (readonly string[])[] = [];
  const take = (parts: readonly string[]) => void asked.push(parts);
  const late = { take, follow: () => {}, clear: () => {} } as unknown as NonNullable<LoginMemory['late']>;
  const look: OpenMethod['look'] = async () => ({ result: 'unknown' });
  const open = { look, isCacheable: true, warnings: [], close: () => {} };
  const method = { name: 'users', section: {} as OpenedMethod['section'], method: { name: 'users' }, open };
  const lookups = methodLookups([method], { cache: undefined, late });
  const kind = 'authenticate/users';
  await lookups[kind]?.({ kind, client }, { signal: new AbortController().signal });
  expect(asked).toEqual([['users', ...Object.values(client)]]);
});

it('this test changes everything that a method may look at', () => {
  expectTypeOf(client).toEqualTypeOf<Login>();
  expectTypeOf<Parameters<OpenMethod['look']>[0]>().toEqualTypeOf<Login>();
});
