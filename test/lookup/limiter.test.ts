import { describe, expect, it } from 'vitest';
import { createLimiter, type LimiterOptions } from '../../src/lookup/limiter.ts';

function setup(options: Partial<LimiterOptions>) {
  const clock = { now: 0 };
  const limiter = createLimiter({ now: () => clock.now, ...options });
  const fail = (times: number, attempt = anna) => {
    for (let i = 0; i < times; i++) limiter.fail(attempt);
  };
  return { clock, limiter, fail };
}

const anna = { clientid: 'anna', peerhost: '10.0.0.1' };
const bert = { clientid: 'bert', peerhost: '10.0.0.1' };
const away = { clientid: 'anna', peerhost: '10.0.0.2' };
const pass = { action: 'pass' };

describe('createLimiter', () => {
  it('lets pass when nothing is limited', () => {
    const { limiter, fail } = setup({});
    fail(1000);
    expect(limiter.check(anna)).toEqual(pass);
    expect(limiter.size).toBe(0);
  });

  it('refuses a client id after too many failures, until one is forgiven', () => {
    const { clock, limiter, fail } = setup({ perClientId: { burst: 3, refill: 1000 } });
    fail(2);
    expect(limiter.check(anna)).toEqual(pass);
    fail(1);
    expect(limiter.check(anna)).toEqual({ action: 'refuse', retryAfterMs: 1000, by: 'client_id' });
    expect(limiter.check(away)).toMatchObject({ action: 'refuse' });
    expect(limiter.check(bert)).toEqual(pass);
    clock.now += 999;
    expect(limiter.check(anna)).toMatchObject({ action: 'refuse', retryAfterMs: 1 });
    clock.now += 1;
    expect(limiter.check(anna)).toEqual(pass);
    fail(1);
    expect(limiter.check(anna)).toMatchObject({ action: 'refuse', retryAfterMs: 1000 });
  });

  it('refuses an address, whoever comes from it', () => {
    const { limiter, fail } = setup({ perAddress: { burst: 2, refill: 1000 } });
    fail(1, anna);
    fail(1, bert);
    expect(limiter.check({ clientid: 'cleo', peerhost: '10.0.0.1' })).toMatchObject({
      action: 'refuse',
      by: 'address',
    });
    expect(limiter.check(away)).toEqual(pass);
  });

  it('forgives the client id on success, not the address', () => {
    const { limiter, fail } = setup({
      perClientId: { burst: 1, refill: 1000 },
      perAddress: { burst: 1, refill: 1000 },
    });
    fail(1);
    limiter.succeed(anna);
    expect(limiter.check(away)).toEqual(pass);
    expect(limiter.check(anna)).toMatchObject({ by: 'address' });
  });

  it('names what holds up for longer', () => {
    const { limiter, fail } = setup({
      perClientId: { burst: 1, refill: 1000 },
      perAddress: { burst: 1, refill: 5000 },
    });
    fail(1);
    expect(limiter.check(anna)).toEqual({ action: 'refuse', retryAfterMs: 5000, by: 'address' });
  });

  it('delays twice as long with each failure, up to a limit', () => {
    const { clock, limiter, fail } = setup({
      action: 'delay',
      perClientId: { burst: 2, refill: 1000 },
      maxDelay: 500,
    });
    const delays = Array.from({ length: 8 }, () => {
      fail(1);
      const verdict = limiter.check(anna);
      return verdict.action === 'delay' ? verdict.ms : 0;
    });
    expect(delays).toEqual([0, 100, 200, 400, 500, 500, 500, 500]);
    // However many failures there were, forgiveness takes as long as the longest delay was in the making.
    clock.now += 4000;
    expect(limiter.check(anna)).toEqual(pass);
  });

  it('remembers a limited number, and nobody whose failures are forgiven', () => {
    const { clock, limiter, fail } = setup({ perClientId: { burst: 1, refill: 1000 }, max: 2 });
    for (const clientid of ['a', 'b', 'c']) fail(1, { clientid, peerhost: '' });
    expect(limiter.size).toBe(2);
    expect(limiter.check({ clientid: 'a', peerhost: '' })).toEqual(pass);
    clock.now += 1000;
    limiter.check({ clientid: 'b', peerhost: '' });
    limiter.check({ clientid: 'c', peerhost: '' });
    expect(limiter.size).toBe(0);
  });
});
