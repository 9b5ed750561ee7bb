import { describe, expect, it } from 'vitest';
import { AdaptiveLimit, fixedLimit, type WorkOutcome } from '../../../src/lib/admission/concurrency-limit.ts';

/** Rounds of as many answers as the limit allows, each round after the other. */
function setup(max: number, initial?: number) {
  const limit = new AdaptiveLimit({ max, tolerable: 100, ...(initial && { initial }) });
  let now = 0;
  const round = (duration: number, outcome: WorkOutcome = 'ok', wasFull = true) => {
    const startedAt = now;
    now += duration;
    for (let left = limit.value; left > 0; left--) limit.ended({ startedAt, endedAt: now, outcome, wasFull });
    return limit.value;
  };
  return { limit, round };
}

describe('an adaptive limit', () => {
  it.each([
    [1000, undefined, 8],
    [5, undefined, 5],
    [10, 50, 10],
    [1000, 4, 4],
  ])('of at most %d begins as told, or at 8', (max, initial, value) => {
    expect(setup(max, initial).limit.value).toBe(value);
  });

  it('doubles with each round of answers, up to the most', () => {
    const { round } = setup(100, 8);
    expect([round(10), round(10), round(10), round(10), round(10)]).toEqual([16, 32, 64, 100, 100]);
  });

  it('stays while it holds nobody back', () => {
    expect(setup(100, 8).round(10, 'ok', false)).toBe(8);
  });

  it('falls once a round when the service is busy, then rises by one a round', () => {
    const { round } = setup(100, 20);
    expect([round(10, 'busy'), round(10, 'busy')]).toEqual([14, 9]);
    expect([round(10), round(10)]).toEqual([10, 11]);
  });

  it('falls while answers take longer than is tolerable, and several times as long as the fastest', () => {
    const { round } = setup(100, 20);
    round(10, 'ok', false);
    expect([round(90, 'ok', false), round(160, 'ok', false)]).toEqual([20, 12]);
  });

  it('falls at once to a tolerable level if answers stop, and rises again as fast', () => {
    const { round } = setup(100, 32);
    round(25, 'ok', false);
    expect(round(3000, 'busy')).toBe(8);
    expect([round(25), round(25), round(25)]).toEqual([16, 23, 24]);
  });

  it('stays when answers always take long', () => {
    const { round } = setup(100, 20);
    for (let i = 0; i < 5; i++) expect(round(800, 'ok', false)).toBe(20);
  });

  it('forgets after a minute how fast the service once was', () => {
    const { round } = setup(100, 20);
    round(10, 'ok', false);
    for (let i = 0; i < 100; i++) round(800, 'ok', false);
    const before = round(800, 'ok', false);
    expect(round(800, 'ok', false)).toBe(before);
  });

  it('takes nothing from failures that say nothing about load', () => {
    expect(setup(100, 20).round(10, 'failed')).toBe(20);
  });

  it('never falls below one', () => {
    const { round } = setup(100, 2);
    for (let i = 0; i < 10; i++) round(10, 'busy');
    expect(round(10, 'busy')).toBe(1);
  });
});

describe('a fixed limit', () => {
  it('stays as it is', () => {
    const limit = fixedLimit(4);
    limit.ended({ startedAt: 0, endedAt: 1, outcome: 'busy', wasFull: true });
    expect(limit.value).toBe(4);
  });
});
