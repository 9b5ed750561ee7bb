import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withTimeout } from '../../src/lib/with-timeout.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('work within a time', () => {
  it.each([
    ['is done in time', 99, true],
    ['is late', 101, false],
  ])('%s', async (_what, takes, expected) => {
    const work = new Promise((resolve) => setTimeout(resolve, takes));
    const inTime = withTimeout(work, 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await inTime).toBe(expected);
  });

  it('fails as the work does, and leaves no timer behind', async () => {
    await expect(withTimeout(Promise.reject(new Error('broken')), 100)).rejects.toThrow('broken');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that fails when it is late is nobody’s trouble', async () => {
    const work = new Promise((_, reject) => setTimeout(() => reject(new Error('broken')), 200));
    const inTime = withTimeout(work, 100);
    await vi.advanceTimersByTimeAsync(300);
    expect(await inTime).toBe(false);
  });
});
