import { describe, expect, it } from 'vitest';
import { quietNeeded } from '../../src/transport/farewell.ts';

describe('how long a connection must be quiet before it ends', () => {
  it.each([
    [0, 4_000, 150],
    [2_000, 4_000, 150],
    [3_000, 4_000, 75],
    [4_000, 4_000, 0],
    [9_000, 4_000, 0],
    [0, 100, 25],
    [75, 100, 12.5],
    [0, 0, 0],
  ])('after %d of %d ms is %d ms', (elapsed, patience, expected) => {
    expect(quietNeeded(elapsed, patience)).toBe(expected);
  });
});
