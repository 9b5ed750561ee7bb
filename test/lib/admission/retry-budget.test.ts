import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../../src/lib/admission/retry-budget.ts';

const takeAll = (budget: RetryBudget): number => {
  let taken = 0;
  while (budget.take()) taken++;
  return taken;
};

describe('a retry budget', () => {
  it('allows ten retries at once, then none', () => {
    const budget = new RetryBudget();
    expect([takeAll(budget), budget.take()]).toEqual([10, false]);
  });

  it('allows one more for every ten successes, and never more than ten at once', () => {
    const budget = new RetryBudget();
    takeAll(budget);
    for (let i = 0; i < 31; i++) budget.succeeded();
    expect(takeAll(budget)).toBe(3);
    for (let i = 0; i < 1000; i++) budget.succeeded();
    expect(takeAll(budget)).toBe(10);
  });
});
