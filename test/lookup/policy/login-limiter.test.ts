import { describe, expect, it } from 'vitest';
import { Config } from '../../../src/config/schema.ts';
import { limiterWarnings } from '../../../src/lookup/policy/limiter-warnings.ts';
import { createLoginLimiter } from '../../../src/lookup/policy/login-limiter.ts';
import { openMethods } from '../../../src/lookup/policy/methods.ts';
import { LIMITER, OTHERWISE } from '../../../src/policy/login/authenticate.ts';
import type { Decision } from '../../../src/protocol/schema/decision.ts';

const hour = { burst: 1, refill: '1h' };
const hash = { password: 'p' };
const usernames = { users: { allowPlain: true, list: [{ username: 'u', ...hash }] } };
const clientIds = { users: { allowPlain: true, list: [{ clientid: 'c', ...hash }] } };
const both = { users: { allowPlain: true, list: [{ username: 'u', clientid: 'c', ...hash }] } };
const token = { jwt: { secret: 'a secret that is long enough for HS256' } };
const ownToken = { jwt: { ...token.jwt, claims: { sub: '${clientid}' } } };
const service = { http: { url: 'http://127.0.0.1:1/' } };
const nameService = { http: { url: 'http://127.0.0.1:1/', body: { u: '${username}' } } };

async function setup(method: object, limiter: object, more: object = {}) {
  const { authenticate } = Config.parse({ authenticate: { methods: [method], limiter, ...more } });
  if (authenticate === undefined) throw new Error('it is configured');
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const world = { env: {}, log: quiet, isDry: true, now: Date.now, monotonic: () => 0, random: () => 0 };
  const problems: string[] = [];
  const methods = await openMethods(
    authenticate.methods,
    { ...world, onChange: () => {} } as never,
    problems,
  );
  expect(problems).toEqual([]);
  const logins = createLoginLimiter(authenticate, methods, () => 0);
  const warnings = [...limiterWarnings(authenticate.limiter, methods)];
  const abort = new AbortController();
  const clientOf = (names: object) =>
    ({ clientid: 'c', username: 'u', peerhost: '10.0.0.1', ...names }) as never;
  const ask = async (client: object) =>
    await logins?.lookup({ kind: LIMITER, client }, { signal: abort.signal });
  const decide = (client: object, verdict: Decision['verdict'], by = methods[0]?.name ?? '', more = {}) =>
    logins?.decided(client as never, { verdict, by, reason: '', isShadow: false, ...more });
  const attempt = async (names: object, verdict: Decision['verdict'], by?: string, more = {}) => {
    const client = clientOf(names);
    const answer = await ask(client);
    if (answer === undefined) decide(client, verdict, by, more);
    return answer;
  };
  return { attempt, ask, decide, clientOf, abort, warnings };
}

describe('the limiter of logins', () => {
  it.each<[string, object, string[]]>([
    ['users with user names', usernames, ['user_name']],
    ['users with client ids', clientIds, ['client_id']],
    ['users with both', both, ['client_id', 'user_name']],
    ['tokens', token, []],
    ['tokens bound to the client id', ownToken, ['client_id']],
    ['a service that is told both', service, ['client_id', 'user_name']],
    ['a service that is told the user name', nameService, ['user_name']],
  ])('counts failures under the names that the method vouches for: %s', async (_, method, counted) => {
    for (const [key, by, other] of [
      ['perClientId', 'client_id', { username: 'other' }],
      ['perUsername', 'user_name', { clientid: 'other' }],
    ] as const) {
      // With perUsername client ids count only where they are vouched for; a bucket that is never empty turns that on.
      const full = { burst: 1000, refill: '1h' };
      const { attempt } = await setup(method, { perUsername: full, [key]: hour });
      await attempt({}, 'deny');
      const isCounted = (await attempt(other, 'deny')) !== undefined;
      // A user of the file is found by one of its names: with another one, another user or none is meant.
      expect([key, isCounted]).toEqual([key, counted.includes(by)]);
    }
  });

  it('counts a login that no method recognises under all names that one might vouch for', async () => {
    const { attempt } = await setup(both, { perUsername: hour });
    await attempt({ username: 'nobody' }, 'deny', OTHERWISE);
    expect(await attempt({ username: 'nobody' }, 'deny', OTHERWISE)).toEqual({ refusedBy: 'user_name' });
  });

  it('counts client ids for every login without perUsername, as in the first release', async () => {
    const { attempt } = await setup(usernames, { perClientId: hour });
    await attempt({}, 'deny');
    expect(await attempt({}, 'deny')).toEqual({ refusedBy: 'client_id' });
  });

  it('does not forgive a name because somebody else logged in with it', async () => {
    const twice = { burst: 2, refill: '1h' };
    const { attempt } = await setup(usernames, { perClientId: twice });
    await attempt({ username: 'victim' }, 'deny');
    await attempt({}, 'allow');
    await attempt({ username: 'victim' }, 'deny');
    expect(await attempt({ username: 'victim' }, 'deny')).toEqual({ refusedBy: 'client_id' });
  });

  it.each([
    ['a service that may not look at it', service, 'user_name'],
    ['a service that is said to refuse others', { ...service, vouchesFor: ['username'] }, undefined],
  ])('forgives a name only if it is sure whose it is: %s', async (_, method, refusedBy) => {
    const { attempt } = await setup(method, { perUsername: { burst: 2, refill: '1h' } });
    await attempt({}, 'deny');
    await attempt({}, 'allow');
    await attempt({}, 'deny');
    expect((await attempt({}, 'deny')) as object | undefined).toEqual(refusedBy && { refusedBy });
  });

  it('forgives the name that was vouched for', async () => {
    const twice = { burst: 2, refill: '1h' };
    const { attempt } = await setup(usernames, { perUsername: twice });
    for (let i = 0; i < 5; i++) {
      expect(await attempt({}, 'deny')).toBeUndefined();
      expect(await attempt({}, 'allow')).toBeUndefined();
    }
  });

  it.each<[string, Decision['verdict'], object]>([
    ['is left to the broker', 'ignore', {}],
    ['was not decided because a service is broken', 'deny', { isUndecided: true }],
  ])('does not count a login that %s', async (_, verdict, more) => {
    const { attempt } = await setup(usernames, { perUsername: hour });
    for (let i = 0; i < 5; i++) expect(await attempt({}, verdict, OTHERWISE, more)).toBeUndefined();
  });

  it('gives the tokens back when the call ends without a decision', async () => {
    const { ask, clientOf, abort, attempt } = await setup(usernames, { perUsername: hour });
    const client = clientOf({});
    expect(await ask(client)).toBeUndefined();
    abort.abort();
    expect(await attempt({}, 'deny').catch(({ code }) => code)).toBeUndefined();
  });

  it('fails with lookup_timeout if the call ends while its login is delayed', async () => {
    const slow = { perUsername: hour, action: 'delay', maxDelay: 60_000 };
    const { ask, attempt, clientOf, abort } = await setup(usernames, slow);
    await attempt({}, 'deny');
    const outcome = ask(clientOf({})).catch((error) => error);
    setImmediate(() => abort.abort());
    expect(await outcome).toMatchObject({ code: 'lookup_timeout' });
  });

  it('is not felt in shadow mode', async () => {
    const { ask, clientOf } = await setup(usernames, { perUsername: hour }, { mode: 'shadow' });
    for (let i = 0; i < 5; i++) expect(await ask(clientOf({}))).toBeUndefined();
  });
});

describe('warnings about a limiter', () => {
  it.each<[string, object, object, RegExp[]]>([
    ['only client ids where user names count', usernames, { perClientId: hour }, [/write perUsername/]],
    ['only addresses where user names count', usernames, { perAddress: hour }, [/write perUsername/]],
    ['user names', usernames, { perUsername: hour }, []],
    ['client ids of client ids', clientIds, { perClientId: hour }, []],
    ['user names of client ids', clientIds, { perUsername: hour }, [/perUsername has no effect/]],
    [
      'both of user names',
      usernames,
      { perUsername: hour, perClientId: hour },
      [/perClientId has no effect/],
    ],
    ['both of both', both, { perUsername: hour, perClientId: hour }, []],
  ])('explain what it cannot stop: %s', async (_, method, limiter, expected) => {
    const { warnings } = await setup(method, limiter);
    expect(warnings).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});
