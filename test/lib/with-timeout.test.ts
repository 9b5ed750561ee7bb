import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isDoneWithin, withTimeLimit, withTimeout } from '../../src/lib/with-timeout.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('work within a time', () => {
  it.each([
    ['is done in time', 99, true],
    ['is late', 101, false],
  ])('%s', async (_what, takes, expected) => {
    const work = new Promise((resolve) => setTimeout(resolve, takes));
    const inTime = isDoneWithin(work, 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await inTime).toBe(expected);
  });

  it('fails as the work does, and leaves no timer behind', async () => {
    await expect(isDoneWithin(Promise.reject(new Error('broken')), 100)).rejects.toThrow('broken');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that fails when it is late is nobody’s trouble', async () => {
    const work = new Promise((_, reject) => setTimeout(() => reject(new Error('broken')), 200));
    const inTime = isDoneWithin(work, 100);
    await vi.advanceTimersByTimeAsync(300);
    expect(await inTime).toBe(false);
  });
});

const never = new Promise<never>(() => {});
const late = () => {
  throw new Error('late');
};

describe('withTimeout', () => {
  it('returns the result of the work, or throws its error, and leaves no timer behind', async () => {
    expect(await withTimeout(Promise.resolve(1), 100, late)).toBe(1);
    await expect(withTimeout(Promise.reject(new Error('broken')), 100, late)).rejects.toThrow('broken');
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['gives the value that stands for late work', () => 2, { status: 'fulfilled', value: 2 }],
    ['throws the error that stands for late work', late, { status: 'rejected', reason: new Error('late') }],
  ])('%s', async (_what, whenLate, expected) => {
    const [outcome] = await Promise.all([
      Promise.allSettled([withTimeout(never, 100, whenLate)]).then(([one]) => one),
      vi.advanceTimersByTimeAsync(100),
    ]);
    expect(outcome).toEqual(expected);
  });

  it('waits without a limit longer than a timer of Node can', async () => {
    const given = vi.fn();
    void withTimeout(never, Number.POSITIVE_INFINITY, given);
    await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
    expect(given).not.toHaveBeenCalled();
  });
});

describe('withTimeLimit', () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      const end = () => reject(new Error('aborted'));
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });

  it('returns the result of the work, leaves no timer behind, and forgets the signal', async () => {
    const abort = new AbortController();
    let given: AbortSignal | undefined;
    const work = async (signal: AbortSignal) => {
      given = signal;
      return 1;
    };
    expect(await withTimeLimit(abort.signal, 5, work)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    abort.abort();
    expect(given?.aborted).toBe(false);
  });

  it('aborts the work when the time is over', async () => {
    const limited = expect(withTimeLimit(undefined, 5, untilAborted)).rejects.toThrow('aborted');
    await vi.advanceTimersByTimeAsync(5);
    await limited;
  });

  it('aborts the work with the signal, also one that is aborted already', async () => {
    const abort = new AbortController();
    const limited = expect(withTimeLimit(abort.signal, 60_000, untilAborted)).rejects.toThrow('aborted');
    abort.abort();
    await limited;
    await expect(withTimeLimit(abort.signal, 60_000, untilAborted)).rejects.toThrow('aborted');
  });
});
