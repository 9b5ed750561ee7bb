import { describe, expect, it } from 'vitest';
import { type CacheOptions, createCache } from '../../src/lookup/cache.ts';
import { collect } from '../support/collect.ts';

type Verdict = { ok: boolean; exp?: number };

function setup(changes: Partial<CacheOptions<Verdict>> = {}) {
  const clock = { now: 1_000_000, wall: 5_000_000, random: 0 };
  const cache = createCache<Verdict>({
    ttl: 1000,
    negativeTtl: 100,
    max: 3,
    bytes: { max: 1000, of: () => 1 },
    isPositive: ({ ok }) => ok,
    now: () => clock.wall,
    monotonic: () => clock.now,
    random: () => clock.random,
    ...changes,
  });
  let loads = 0;
  const load = (value: Verdict) => async () => {
    loads++;
    return value;
  };
  return { clock, cache, load, loads: () => loads };
}

const yes: Verdict = { ok: true };
const no: Verdict = { ok: false };

describe('createCache', () => {
  it('remembers positive and negative answers, each for its time', async () => {
    const { clock, cache, load, loads } = setup();
    await cache.get(['anna', 'right'], load(yes));
    await cache.get(['anna', 'wrong'], load(no));
    clock.now += 99;
    expect(await cache.get(['anna', 'right'], load(no))).toBe(yes);
    expect(await cache.get(['anna', 'wrong'], load(yes))).toBe(no);
    clock.now += 1;
    expect(await cache.get(['anna', 'wrong'], load(yes))).toBe(yes);
    clock.now += 900;
    expect(await cache.get(['anna', 'right'], load(no))).toBe(no);
    expect(loads()).toBe(4);
    expect(cache.stats).toEqual({ hits: 2, misses: 4, joined: 0, evictions: 0, size: 2 });
  });

  it('does not remember for no time', async () => {
    const { cache, load, loads } = setup({ negativeTtl: 0 });
    await cache.get(['a'], load(no));
    await cache.get(['a'], load(no));
    expect(loads()).toBe(2);
    expect(cache.stats.size).toBe(0);
  });

  it('shortens the time by the jitter, never lengthens it', async () => {
    const { clock, cache, load, loads } = setup({ jitter: 0.5 });
    clock.random = 1;
    await cache.get(['a'], load(yes));
    clock.now += 499;
    await cache.get(['a'], load(yes));
    expect(loads()).toBe(1);
    clock.now += 1;
    await cache.get(['a'], load(yes));
    expect(loads()).toBe(2);
  });

  it('remembers an answer no longer than the answer holds', async () => {
    const { clock, cache, load, loads } = setup({ expiresAt: ({ exp }) => exp });
    const value = { ok: true, exp: clock.wall + 10 };
    await cache.get(['a'], load(value));
    clock.wall += 10;
    await cache.get(['a'], load(value));
    expect(loads()).toBe(2);
    expect(cache.stats.size).toBe(0);
  });

  it.each([-3_600_000, 3_600_000])(
    'remembers an answer for its time when the wall clock is set by %s ms meanwhile',
    async (step) => {
      const { clock, cache, load, loads } = setup();
      await cache.get(['a'], load(yes));
      clock.wall += step;
      clock.now += 999;
      await cache.get(['a'], load(yes));
      expect(loads()).toBe(1);
      clock.now += 1;
      await cache.get(['a'], load(yes));
      expect(loads()).toBe(2);
    },
  );

  it('asks once for what many want at once', async () => {
    const { cache } = setup();
    let answer = (_: Verdict) => {};
    let loads = 0;
    const load = () => {
      loads++;
      return new Promise<Verdict>((resolve) => {
        answer = resolve;
      });
    };
    const all = Promise.all([cache.get(['a'], load), cache.get(['a'], load), cache.get(['a'], load)]);
    answer(yes);
    expect(await all).toEqual([yes, yes, yes]);
    expect(loads).toBe(1);
    expect(cache.stats).toMatchObject({ misses: 1, joined: 2 });
  });

  it('remembers no failure', async () => {
    const { cache, load } = setup();
    await expect(cache.get(['a'], () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await cache.get(['a'], load(yes))).toBe(yes);
  });

  it('is never larger than allowed, and evicts the least recently used entry', async () => {
    const { cache, load, loads } = setup();
    for (const name of ['a', 'b', 'c', 'd']) await cache.get([name], load(yes));
    expect(cache.stats).toMatchObject({ size: 3, evictions: 1 });
    await cache.get(['d'], load(yes));
    expect(loads()).toBe(4);
    await cache.get(['a'], load(yes));
    expect(loads()).toBe(5);
  });

  it('limits its bytes, whatever the answers are', async () => {
    const { cache, load } = setup({ max: 100, bytes: { max: 10, of: () => 4 } });
    for (const name of ['a', 'b', 'c', 'd']) await cache.get([name], load(yes));
    expect(cache.stats).toMatchObject({ size: 2, evictions: 2 });
  });

  it('does not keep an answer that may not be kept', async () => {
    const { cache, load, loads } = setup({ isKept: ({ ok }) => ok });
    await cache.get(['a'], load(no));
    await cache.get(['a'], load(no));
    expect(loads()).toBe(2);
  });

  it('takes as much room for keys of 64 KiB as for short ones', async () => {
    const { cache, load } = setup({ max: 2000, bytes: { max: 1e9, of: () => 1 } });
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 2000; i++)
      await cache.get([Buffer.from(`${i}`.padEnd(65_000, 'x')).toString()], load(yes));
    collect();
    expect(cache.stats.size).toBe(2000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
  });

  it('forgets everything on clear, including pending answers', async () => {
    const { cache, load, loads } = setup();
    let answer = (_: Verdict) => {};
    const old = cache.get(
      ['a'],
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    cache.clear();
    expect(await cache.get(['a'], load(no))).toBe(no);
    answer(yes);
    expect(await old).toBe(yes);
    expect(await cache.get(['a'], load(yes))).toBe(no);
    expect(loads()).toBe(1);
  });

  it('distinguishes keys that are split differently', async () => {
    const { cache, load } = setup();
    await cache.get(['ab', 'c'], load(yes));
    expect(await cache.get(['a', 'bc'], load(no))).toBe(no);
    expect(await cache.get(['ab', 'c', ''], load(no))).toBe(no);
    expect(await cache.get(['2:ab', 'c'], load(no))).toBe(no);
  });

  it('tells apart texts that look alike once encoded', async () => {
    const { cache, load } = setup();
    await cache.get(['é'], load(yes));
    expect(await cache.get(['e\u0301'], load(no))).toBe(no);
  });
});
