import { describe, expect, it } from 'vitest';
import { withSignal, withTimeLimit } from '../../src/lookup/deadline.ts';

const never = new Promise<never>(() => {});

describe('withSignal', () => {
  it('gives what the work gives', async () => {
    expect(await withSignal(Promise.resolve(1), undefined)).toBe(1);
    expect(await withSignal(Promise.resolve(1), new AbortController().signal)).toBe(1);
    await expect(withSignal(Promise.reject(new Error('no')), new AbortController().signal)).rejects.toThrow(
      'no',
    );
  });

  it('stops waiting with the signal', async () => {
    await expect(withSignal(never, AbortSignal.abort())).rejects.toMatchObject({ code: 'lookup_timeout' });
    await expect(withSignal(never, AbortSignal.timeout(5))).rejects.toMatchObject({ code: 'lookup_timeout' });
  });
});

describe('withTimeLimit', () => {
  const untilAborted = (signal: AbortSignal) => withSignal(never, signal);

  it('gives what the work gives and leaves nothing behind', async () => {
    const abort = new AbortController();
    let given: AbortSignal | undefined;
    const work = async (signal: AbortSignal) => {
      given = signal;
      return 1;
    };
    expect(await withTimeLimit(abort.signal, 5, work)).toBe(1);
    abort.abort();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(given?.aborted).toBe(false);
  });

  it('ends the work after the time, or with the signal', async () => {
    const abort = new AbortController();
    await expect(withTimeLimit(undefined, 5, untilAborted)).rejects.toMatchObject({ code: 'lookup_timeout' });
    const limited = withTimeLimit(abort.signal, 60_000, untilAborted);
    abort.abort();
    await expect(limited).rejects.toMatchObject({ code: 'lookup_timeout' });
    await expect(withTimeLimit(abort.signal, 60_000, untilAborted)).rejects.toMatchObject({
      code: 'lookup_timeout',
    });
  });
});
