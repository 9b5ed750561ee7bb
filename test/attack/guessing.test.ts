/** Guessers against the limiter of the built server. */
import { describe, expect, it } from 'vitest';
import type { Broker } from '../program/support/broker.ts';
import { login } from '../program/support/policy.ts';
import { type PolicyServer, serverOf } from '../program/support/policy-server.ts';

const HOUR = '1h';
const RIGHT = 'right';
/** bcrypt of "right" with cost 8: some 15 ms on a machine that has nothing else to do. */
const HASH = '$2b$08$vEm0vrQ8g4LbTXJZQ9LEqeKHjl95oRTwZD1qgUHWO3bGnans0cxda';

interface Guess {
  readonly username?: string;
  readonly clientid?: string;
  readonly peerhost?: string;
}

function serverWith(limiter: object, hash: object = { hash: HASH }): Promise<PolicyServer> {
  return serverOf({
    decisions: { log: 'all' },
    authenticate: {
      methods: [{ users: { list: [{ username: 'victim', ...hash }], allowPlain: true } }],
      limiter,
    },
  });
}

/** So many guesses of the victim's password, a number of them at once. */
async function guess(
  broker: Broker,
  times: number,
  atOnce: number,
  client: (i: number) => Guess = () => ({}),
) {
  for (let i = 0; i < times; i += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, times - i) }, (_, k) =>
      login(broker, { username: 'victim', password: `guess ${i + k}`, ...client(i + k) }),
    );
    expect(new Set(await Promise.all(some))).toEqual(new Set([false]));
  }
}

/** How many logins each method decided, and how. */
async function decidedBy({ server }: PolicyServer): Promise<Record<string, number>> {
  await server.stop();
  const counts: Record<string, number> = {};
  for (const { decision, by, verdict } of server.log) {
    if (decision === undefined) continue;
    const name = `${by}: ${verdict}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('a guesser', () => {
  it.each([1, 400])('has as many guesses as there are tokens, with %i at once', async (atOnce) => {
    const policy = await serverWith({ perUsername: { burst: 5, refill: HOUR } });
    await guess(policy.broker, 400, atOnce);
    expect(await decidedBy(policy)).toEqual({ 'users: deny': 5, 'limiter: deny': 395 });
  });

  it('gains nothing by a new client id and address for each guess', async () => {
    const policy = await serverWith({ perUsername: { burst: 5, refill: HOUR } });
    const client = (i: number) => ({ clientid: `c${i}`, peerhost: `10.0.${i >> 8}.${i & 255}` });
    await guess(policy.broker, 300, 100, client);
    expect(await decidedBy(policy)).toEqual({ 'users: deny': 5, 'limiter: deny': 295 });
  });

  it('gains nothing by another address of his IPv6 /64 and another user name for each guess', async () => {
    const policy = await serverWith({ perAddress: { burst: 5, refill: HOUR } });
    const client = (i: number) => ({ username: `u${i}`, peerhost: `2001:db8:0:1::${i.toString(16)}` });
    await guess(policy.broker, 300, 100, client);
    expect(await decidedBy(policy)).toEqual({ 'otherwise: deny': 5, 'limiter: deny': 295 });
  });

  it('gains nothing by logins of his own in between, with the client id of his victim', async () => {
    const list = ['victim', 'mallory'].map((username) => ({ username, password: RIGHT }));
    const policy = await serverOf({
      decisions: { log: 'all' },
      authenticate: {
        methods: [{ users: { list, allowPlain: true } }],
        limiter: { perClientId: { burst: 5, refill: HOUR } },
      },
    });
    for (let i = 0; i < 20; i++) {
      await guess(policy.broker, 1, 1);
      await login(policy.broker, { username: 'mallory', password: RIGHT });
    }
    expect((await decidedBy(policy))['users: deny']).toBe(5);
  });

  it.each([
    ['a user name', { perUsername: { burst: 5, refill: HOUR } }],
    ['an address', { perAddress: { burst: 5, refill: HOUR } }],
  ])('costs 300 right logins at once behind %s nothing', async (_, limiter) => {
    const { broker } = await serverWith(limiter, { password: RIGHT });
    const right = Array.from({ length: 300 }, (__, i) =>
      login(broker, { username: 'victim', clientid: `c${i}`, password: RIGHT }),
    );
    expect(new Set(await Promise.all(right))).toEqual(new Set([true]));
  });
});
