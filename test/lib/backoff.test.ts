import { expect, it } from 'vitest';
import { backoff, jitter } from '../../src/lib/backoff.ts';

it.each([
  [1, 100],
  [2, 200],
  [4, 800],
  [5, 1000],
  [5000, 1000],
])('after %i failures the pause is %i ms', (failures, expected) => {
  expect(backoff(failures, { first: 100, longest: 1000 })).toBe(expected);
});

it('has no limit when none is given', () => {
  expect(backoff(11, { first: 1 })).toBe(1024);
});

it.each([
  [0, 100],
  [0.5, 75],
  [1, 50],
])('is shortened by up to a half: random %d leaves %d of 100 ms', (random, expected) => {
  expect(jitter(100, random)).toBe(expected);
});
