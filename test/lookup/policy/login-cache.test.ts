import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import type { LookupContext } from '../../../src/core/runtime.ts';
import type { OpenMethod } from '../../../src/lookup/methods/method.ts';
import {
  createLoginCache,
  estimateBytes,
  type LoginMemory,
  methodLookups,
} from '../../../src/lookup/policy/login-cache.ts';
import type { OpenedMethod } from '../../../src/lookup/policy/methods.ts';
import type { PolicyWorld } from '../../../src/lookup/policy/open-policy.ts';
import type { Login, MethodAnswer } from '../../../src/policy/policy.ts';

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

/** Methods that record their input, behind one cache. */
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

/** A method that gives one answer, behind a cache of a second for admissions and a fifth of one for refusals. */
function methodThatSays(answer: MethodAnswer) {
  const clock = { now: 0 };
  const look = vi.fn<OpenMethod['look']>(async () => answer);
  const open = { look, isCacheable: true, warnings: [], close: () => {} };
  const method = { name: 'users', section: {} as OpenedMethod['section'], method: { name: 'users' }, open };
  const now = () => clock.now;
  const world = { now, monotonic: now, random: () => 0 } as PolicyWorld;
  const cache = createLoginCache({ ttl: 1000, negativeTtl: 200, jitter: 0, max: 100 }, world);
  const lookups = methodLookups([method], { cache, late: undefined });
  const askAt = async (time: number, context: Partial<LookupContext> = {}) => {
    clock.now = time;
    const { signal } = new AbortController();
    const kind = 'authenticate/users';
    return await lookups[kind]?.({ kind, client }, { signal, ...context });
  };
  return { askAt, look };
}

type Admission = Extract<MethodAnswer, { result: 'allow' }>;

describe('the answer of a method', () => {
  const broken: MethodAnswer = { result: 'unknown', isBroken: true };
  const untilHalf: MethodAnswer = { result: 'allow', grant: { expiresAt: 500 } as Admission['grant'] };
  it.each<[what: string, answer: MethodAnswer, until: number]>([
    ['an admission', { result: 'allow' }, 1000],
    ['an admission with a grant that ends sooner', untilHalf, 500],
    ['a refusal', { result: 'deny', reason: 'no' }, 200],
    ['that it does not know the client', { result: 'unknown' }, 200],
  ])('%s, is good until its time is over, and no longer', async (_what, answer, until) => {
    const { askAt, look } = methodThatSays(answer);
    for (const time of [0, until - 1]) expect(await askAt(time)).toEqual(answer);
    expect(look).toHaveBeenCalledTimes(1);
    await askAt(until);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('is not remembered when the method could not tell', async () => {
    const { askAt, look } = methodThatSays(broken);
    for (let i = 0; i < 2; i++) expect(await askAt(0)).toEqual(broken);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('is looked up within the deadline of the first who asks', async () => {
    const { askAt, look } = methodThatSays({ result: 'allow' });
    await askAt(0, { deadline: 77 });
    expect(look.mock.calls[0]?.[1]).toEqual({ deadline: 77 });
  });
});

it('an answer that came too late for an earlier attempt is given without asking again', async () => {
  const answer = Promise.resolve({ result: 'allow' } as const);
  const late = { take: () => answer, follow: () => {}, clear: () => {} };
  const look = vi.fn<OpenMethod['look']>(async () => ({ result: 'unknown' }));
  const open = { look, isCacheable: true, warnings: [], close: () => {} };
  const method = { name: 'users', section: {} as OpenedMethod['section'], method: { name: 'users' }, open };
  const memory = { cache: undefined, late: late as unknown as NonNullable<LoginMemory['late']> };
  const kind = 'authenticate/users';
  const login = methodLookups([method], memory)[kind]?.({ kind, client }, { signal: AbortSignal.abort() });
  expect(await login).toEqual({ result: 'allow' });
  expect(look).not.toHaveBeenCalled();
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

describe('the memory that a remembered answer takes', () => {
  const topics = ['devices/a/#', 'devices/b/#'];
  const grant = { tags: {}, rules: [{ allow: 'publish' as const, topics }] };

  it('is that of an entry for an answer without a grant', () => {
    const sizes = [{ result: 'allow' }, { result: 'deny', reason: 'x'.repeat(1000) }, { result: 'unknown' }];
    expect(sizes.map((answer) => estimateBytes(answer as MethodAnswer))).toEqual([512, 512, 512]);
  });

  it('grows by three bytes with each character of a grant', () => {
    const size = estimateBytes({ result: 'allow', grant });
    expect(size).toBe(512 + 3 * JSON.stringify(grant).length);
    const longer = { ...grant, rules: [{ allow: 'publish' as const, topics: [...topics, 'x'] }] };
    expect(estimateBytes({ result: 'allow', grant: longer })).toBe(size + 3 * ',"x"'.length);
  });
});
