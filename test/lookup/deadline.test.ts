import { expect, it } from 'vitest';
import { withCallerSignal } from '../../src/lookup/deadline.ts';

const never = new Promise<never>(() => {});

it('gives what shared work gives, with and without a signal', async () => {
  expect(await withCallerSignal(Promise.resolve(1), undefined)).toBe(1);
  expect(await withCallerSignal(Promise.resolve(1), new AbortController().signal)).toBe(1);
});

it('fails with lookup_timeout when the signal is aborted first', async () => {
  const late = { code: 'lookup_timeout' };
  await expect(withCallerSignal(never, AbortSignal.abort())).rejects.toMatchObject(late);
  await expect(withCallerSignal(never, AbortSignal.timeout(5))).rejects.toMatchObject(late);
});
