import { describe, expect, it } from 'vitest';
import { delayAfter } from '../../src/app/supervisor.ts';

describe('the delay before a worker that died is started again', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 100],
    [3, 200],
    [4, 400],
    [5, 800],
    [6, 1_600],
    [7, 3_200],
    [8, 6_400],
    [9, 10_000],
    [10, 10_000],
    [1_000, 10_000],
    [100_000, 10_000],
  ])('after %d deaths in a row is %d ms', (deaths, delay) => {
    expect(delayAfter(deaths)).toBe(delay);
  });
});
