import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  createLimiter,
  type LimiterOptions,
  type LimiterVerdict,
  type Settlement,
} from '../../../src/lookup/limiter/limiter.ts';
import { collect } from '../../support/collect.ts';

const spent: Settlement = () => 'spent';
const returned: Settlement = () => 'returned';
const never = new AbortController().signal;

function setup(options: Partial<LimiterOptions>) {
  const clock = { now: 0 };
  const limiter = createLimiter({ now: () => clock.now, ...options });
  const enter = (attempt = anna, signal = never) => limiter.enter(attempt, signal);
  const now = (attempt = anna): LimiterVerdict => {
    const verdict = enter(attempt);
    if (verdict instanceof Promise) throw new Error('the attempt waits');
    return verdict;
  };
  /** The result of an attempt now. */
  const check = (attempt = anna) => {
    const verdict = now(attempt);
    if (verdict.action === 'refuse') return verdict;
    verdict.reservation.settle(returned);
    const { reservation, ...told } = verdict;
    return told;
  };
  const settle = (attempt: Attempt, settlement: Settlement) => {
    const verdict = now(attempt);
    if (verdict.action !== 'refuse') verdict.reservation.settle(settlement);
    else throw new Error('the attempt is refused');
  };
  const fail = (times: number, attempt = anna) => {
    for (let i = 0; i < times; i++) settle(attempt, spent);
  };
  return { clock, limiter, enter, now, check, settle, fail };
}

const anna = { clientid: 'anna', username: 'a', peerhost: '10.0.0.1' };
const bert = { clientid: 'bert', username: 'b', peerhost: '10.0.0.1' };
const away = { clientid: 'anna', username: 'a', peerhost: '10.0.0.2' };
const pass = { action: 'pass' };
const turns = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

describe('a limiter', () => {
  it('lets pass when nothing is limited', () => {
    const { limiter, check, fail } = setup({});
    fail(1000);
    expect(check()).toEqual(pass);
    expect(limiter.size).toBe(0);
  });

  it('refuses a client id after too many failures, until one is forgiven', () => {
    const { clock, check, fail } = setup({ perClientId: { burst: 3, refill: 1000 } });
    fail(2);
    expect(check()).toEqual(pass);
    fail(1);
    expect(check()).toEqual({ action: 'refuse', retryAfterMs: 1000, by: 'client_id' });
    expect(check(away)).toMatchObject({ action: 'refuse' });
    expect(check(bert)).toEqual(pass);
    clock.now += 999;
    expect(check()).toMatchObject({ action: 'refuse', retryAfterMs: 1 });
    clock.now += 1;
    expect(check()).toEqual(pass);
    fail(1);
    expect(check()).toMatchObject({ action: 'refuse', retryAfterMs: 1000 });
  });

  it('refuses a user name, whatever client id and address the guesser takes', () => {
    const { check, fail } = setup({ perUsername: { burst: 3, refill: 1000 } });
    for (let i = 0; i < 3; i++) fail(1, { username: 'a', clientid: `c${i}`, peerhost: `10.0.0.${i}` });
    expect(check({ username: 'a', clientid: 'new', peerhost: '10.9.9.9' })).toMatchObject({
      action: 'refuse',
      by: 'user_name',
    });
    expect(check({ username: '', clientid: 'new', peerhost: '10.9.9.9' })).toEqual(pass);
  });

  it('does not count clients without a user name as one', () => {
    const { limiter, fail, check } = setup({ perUsername: { burst: 1, refill: 1000 } });
    fail(5, { username: '', clientid: 'c', peerhost: '10.0.0.1' });
    expect(check({ username: '', clientid: 'c', peerhost: '10.0.0.1' })).toEqual(pass);
    expect(limiter.size).toBe(0);
  });

  it('refuses an address, whatever the client', () => {
    const { check, fail } = setup({ perAddress: { burst: 2, refill: 1000 } });
    fail(1, anna);
    fail(1, bert);
    expect(check({ ...anna, clientid: 'cleo' })).toMatchObject({ action: 'refuse', by: 'address' });
    expect(check(away)).toEqual(pass);
  });

  it.each([
    ['all addresses of an IPv6 /64', '2001:db8:1:2::1', '2001:db8:1:2:ffff:1:2:3', true],
    ['another /64', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['an IPv4 address and its mapped form', '10.0.0.1', '::ffff:10.0.0.1', true],
    ['IPv4 neighbours', '10.0.0.1', '10.0.0.2', false],
    ['mapped IPv4 neighbours', '::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
    ['two ways to write a network', '2001:DB8:0:0:1::', '2001:db8::5', true],
    ['texts that are no addresses', 'one', 'two', false],
  ])('counts as one: %s, from %s and %s: %s', (_, first, second, isOne) => {
    const { check, fail } = setup({ perAddress: { burst: 1, refill: 1000 } });
    fail(1, { ...anna, peerhost: first });
    expect(check({ ...anna, peerhost: second }).action).toBe(isOne ? 'refuse' : 'pass');
  });

  it('forgives what the decision says, and nothing else', () => {
    const { check, fail, settle } = setup({
      perClientId: { burst: 2, refill: 1000 },
      perUsername: { burst: 2, refill: 2000 },
    });
    fail(1);
    settle(anna, (by) => (by === 'client_id' ? 'forgiven' : 'returned'));
    fail(1);
    expect(check(anna)).toMatchObject({ by: 'user_name' });
    expect(check({ ...anna, username: 'other' })).toEqual(pass);
  });

  it('refuses for no longer than one failure takes to be forgiven, however many there were', () => {
    const { limiter, check } = setup({ perClientId: { burst: 2, refill: 1000 } });
    for (let i = 0; i < 20; i++) limiter.count(anna, spent);
    expect(check()).toEqual({ action: 'refuse', retryAfterMs: 1000, by: 'client_id' });
  });

  it('names the first of two that refuse for as long', () => {
    const { check, fail } = setup({
      perClientId: { burst: 1, refill: 1000 },
      perUsername: { burst: 1, refill: 1000 },
    });
    fail(1);
    expect(check()).toMatchObject({ by: 'client_id' });
  });

  it('names the limit with the longer wait', () => {
    const { check, fail } = setup({
      perClientId: { burst: 1, refill: 1000 },
      perAddress: { burst: 1, refill: 5000 },
    });
    fail(1);
    expect(check()).toEqual({ action: 'refuse', retryAfterMs: 5000, by: 'address' });
  });

  it('delays twice as long with each failure, up to a limit', () => {
    const { clock, check, fail } = setup({
      action: 'delay',
      perClientId: { burst: 2, refill: 1000 },
      maxDelay: 500,
    });
    const delays = Array.from({ length: 8 }, () => {
      fail(1);
      const verdict = check();
      return 'ms' in verdict ? verdict.ms : 0;
    });
    expect(delays).toEqual([0, 100, 200, 400, 500, 500, 500, 500]);
    // However many failures there were, forgiveness takes as long as the longest delay was in the making.
    clock.now += 4000;
    expect(check()).toEqual(pass);
  });

  it('counts decisions without a reservation', () => {
    const { limiter, check } = setup({ perClientId: { burst: 1, refill: 1000 } });
    limiter.count(anna, returned);
    expect(check()).toEqual(pass);
    limiter.count(anna, spent);
    expect(check()).toMatchObject({ action: 'refuse' });
  });

  it('counts it while another attempt of the client is under way, and after that one has ended', () => {
    const { limiter, now, check } = setup({ perClientId: { burst: 2, refill: 1000 } });
    const underWay = now();
    for (let i = 0; i < 2; i++) limiter.count(anna, spent);
    expect(check()).toMatchObject({ action: 'refuse' });
    if (underWay.action !== 'refuse') underWay.reservation.settle(returned);
    expect(check()).toMatchObject({ action: 'refuse' });
  });
});

describe('attempts at the same time', () => {
  const parallel = { perUsername: { burst: 5, refill: 10_000 } };

  it('are evaluated as far as there are tokens; the others wait, and are refused when all have failed', async () => {
    const { enter } = setup(parallel);
    const attempts = Array.from({ length: 400 }, () => enter());
    const first = attempts.slice(0, 5) as LimiterVerdict[];
    expect(first.map(({ action }) => action)).toEqual(Array(5).fill('pass'));
    expect(attempts.slice(5).every((attempt) => attempt instanceof Promise)).toBe(true);
    for (const verdict of first) if (verdict.action === 'pass') verdict.reservation.settle(spent);
    const rest = await Promise.all(attempts.slice(5));
    expect(new Set(rest.map(({ action }) => action))).toEqual(new Set(['refuse']));
  });

  it('all pass in turn when each gives its token back', async () => {
    const { enter, limiter } = setup(parallel);
    let under = 0;
    let most = 0;
    const login = async () => {
      const verdict = await enter();
      most = Math.max(most, ++under);
      await turns();
      under--;
      if (verdict.action === 'pass') verdict.reservation.settle(returned);
      return verdict.action;
    };
    const all = await Promise.all(Array.from({ length: 300 }, login));
    expect(new Set(all)).toEqual(new Set(['pass']));
    expect(most).toBe(5);
    expect(limiter.size).toBe(0);
  });

  it('wait in the bucket that has no free token, and take none of another meanwhile', async () => {
    const { enter, now, check } = setup({
      perUsername: { burst: 1, refill: 1000 },
      perAddress: { burst: 2, refill: 1000 },
    });
    const first = now(anna);
    const waits = enter({ ...anna, clientid: 'second' });
    expect(waits).toBeInstanceOf(Promise);
    expect(check(bert)).toEqual(pass);
    if (first.action === 'pass') first.reservation.settle(returned);
    expect((await waits).action).toBe('pass');
  });

  it('let the next one try when one that was woken has to wait elsewhere', async () => {
    const { enter, now } = setup({
      perUsername: { burst: 1, refill: 1000 },
      perAddress: { burst: 1, refill: 1000 },
    });
    const at = (username: string, peerhost: string) => ({ clientid: 'c', username, peerhost });
    const one = now(at('a', '10.0.0.1'));
    const two = now(at('b', '10.0.0.2'));
    const third = enter(at('a', '10.0.0.3'));
    const fourth = enter(at('a', '10.0.0.2'));
    // The fourth, the newest, is woken first; it has to wait for its address, and the third passes.
    if (one.action === 'pass') one.reservation.settle(returned);
    const passed = await third;
    expect(passed.action).toBe('pass');
    if (two.action === 'pass') two.reservation.settle(returned);
    if (passed.action === 'pass') passed.reservation.settle(returned);
    expect((await fourth).action).toBe('pass');
  });

  it('serve the newest first: it has most time left', async () => {
    const { enter, now } = setup({ perUsername: { burst: 1, refill: 1000 } });
    const order: string[] = [];
    const first = now();
    const waiting = ['old', 'new'].map(async (name) => {
      const verdict = await enter();
      order.push(name);
      if (verdict.action === 'pass') verdict.reservation.settle(returned);
    });
    if (first.action === 'pass') first.reservation.settle(returned);
    await Promise.all(waiting);
    expect(order).toEqual(['new', 'old']);
  });

  it('wait no longer than their signal', async () => {
    const { enter, now, limiter } = setup({ perUsername: { burst: 1, refill: 1000 } });
    const first = now();
    const abort = new AbortController();
    const waits = enter(anna, abort.signal);
    abort.abort();
    await expect(waits).rejects.toMatchObject({ code: 'lookup_timeout' });
    await expect(enter(anna, abort.signal)).rejects.toMatchObject({ code: 'lookup_timeout' });
    if (first.action === 'pass') first.reservation.settle(returned);
    expect(limiter.size).toBe(0);
  });

  it('settle once: later calls change nothing', () => {
    const { now, check } = setup({ perUsername: { burst: 1, refill: 1000 } });
    const first = now();
    if (first.action !== 'pass') throw new Error('it passes');
    first.reservation.settle(returned);
    first.reservation.settle(spent);
    expect(check()).toEqual(pass);
  });

  it('settle once: the token of another attempt of the name is not given back with theirs', () => {
    const { now } = setup({ perUsername: { burst: 2, refill: 1000 } });
    const first = now();
    now();
    if (first.action !== 'pass') throw new Error('it passes');
    first.reservation.settle(returned);
    first.reservation.settle(returned);
    expect(now()).toMatchObject(pass);
    expect(() => now()).toThrow('waits');
  });

  it('let the next one try when one has to wait elsewhere, for a client id that is also a user name', async () => {
    const { now, enter } = setup({
      perClientId: { burst: 1, refill: 1000 },
      perUsername: { burst: 1, refill: 1000 },
    });
    const client = (clientid: string, username: string) => ({ clientid, username, peerhost: '10.0.0.1' });
    const first = now(client('x', 'q'));
    const older = enter(client('x', 'r'));
    const newer = enter(client('x', 'x'));
    now(client('z', 'x'));
    if (first.action !== 'pass') throw new Error('it passes');
    first.reservation.settle(returned);
    const later = turns().then(() => 'waits');
    expect(await Promise.race([older, later])).toMatchObject(pass);
    expect(await Promise.race([newer, later])).toBe('waits');
  });

  it('are delayed a few at once when the bucket is empty', async () => {
    const { enter, fail } = setup({
      action: 'delay',
      perUsername: { burst: 2, refill: 60_000 },
      maxDelay: 2000,
    });
    fail(2);
    const attempts = Array.from({ length: 50 }, () => enter());
    const delayed = attempts.filter((attempt) => !(attempt instanceof Promise)) as LimiterVerdict[];
    expect(delayed).toMatchObject([
      { action: 'delay', ms: 100 },
      { action: 'delay', ms: 200 },
    ]);
  });

  it('are not made to wait when that must not be felt', () => {
    const { now } = setup({ perUsername: { burst: 1, refill: 1000 }, mayWait: false });
    for (let i = 0; i < 10; i++) expect(now().action).toBe('pass');
  });

  it('keep their tokens, however many other names are tried meanwhile', () => {
    const { now, fail, limiter } = setup({ perUsername: { burst: 1, refill: 60_000 }, max: 3 });
    now();
    for (let i = 0; i < 100; i++) fail(1, { ...bert, username: `u${i}` });
    expect(() => now()).toThrow('waits');
    expect(limiter.size).toBe(4);
  });
});

describe('the memory of a limiter', () => {
  it('is a limited number, and nobody whose failures are forgiven', () => {
    const { clock, limiter, check, fail } = setup({ perClientId: { burst: 1, refill: 1000 }, max: 2 });
    for (const clientid of ['a', 'b', 'c']) fail(1, { ...anna, clientid });
    expect(limiter.size).toBe(2);
    expect(check({ ...anna, clientid: 'a' })).toEqual(pass);
    clock.now += 1000;
    check({ ...anna, clientid: 'b' });
    check({ ...anna, clientid: 'c' });
    expect(limiter.size).toBe(0);
  });

  it('takes as much room for names of 64 KiB as for short ones', () => {
    const bucket = { burst: 5, refill: 3_600_000 };
    const filled = setup({ perClientId: bucket, perUsername: bucket, perAddress: bucket, max: 2000 });
    const before = usedMemory();
    for (let i = 0; i < 2000; i++) {
      // Flat, as texts are that come from a packet.
      const long = Buffer.from(`${i}`.padEnd(65_000, 'x')).toString();
      filled.fail(1, { clientid: long, username: long, peerhost: long });
    }
    expect(filled.limiter.size).toBe(6000);
    expect(usedMemory() - before).toBeLessThan(5_000_000);
  });
});

/** Bytes of the heap without garbage. */
function usedMemory(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
