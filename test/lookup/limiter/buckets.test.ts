import { describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/lookup/limiter/buckets.ts';

function setup() {
  const clock = { now: 0 };
  const buckets = new Buckets({ burst: 2, refill: 1000, ceiling: 4, max: 10, now: () => clock.now });
  return { clock, buckets };
}

describe('a key with failures', () => {
  it('is forgotten when it is asked for after the last one was forgiven, to the millisecond', () => {
    const { clock, buckets } = setup();
    buckets.spend('a');
    buckets.spend('a');
    clock.now = 1999;
    expect([buckets.spent('a'), buckets.size]).toEqual([0.001, 1]);
    clock.now = 2000;
    expect([buckets.spent('a'), buckets.size]).toEqual([0, 0]);
  });

  it('has no failures, and is not remembered, when it was asked for long after', () => {
    const { clock, buckets } = setup();
    buckets.spend('a');
    clock.now = 60_000;
    expect([buckets.spent('a'), buckets.size]).toEqual([0, 0]);
  });
});

describe('attempts that wait for a token', () => {
  it('are tried one by one, the newest first, until one has to wait again', () => {
    const { buckets } = setup();
    const tried: string[] = [];
    const takes = (name: string) => () => {
      tried.push(name);
      return false;
    };
    const waits = (name: string) => () => {
      tried.push(name);
      // Once only, so that a loop that does not stop would end, too.
      if (tried.length < 5) buckets.wait('a', waits(name));
      return true;
    };
    buckets.reserve('a');
    buckets.wait('a', takes('first'));
    buckets.wait('a', waits('second'));
    buckets.wait('a', takes('third'));
    buckets.settle('a', 'returned');
    expect(tried).toEqual(['third', 'second']);
  });
});
