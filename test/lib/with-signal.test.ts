import { expect, it } from 'vitest';
import { withSignal } from '../../src/lib/with-signal.ts';

const never = new Promise<never>(() => {});
const { signal } = new AbortController();

it('returns the result of the work, or throws its error', async () => {
  expect(await withSignal(Promise.resolve(1), signal)).toBe(1);
  await expect(withSignal(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

it('throws the reason of a signal that is aborted before or while the work runs', async () => {
  const reason = new Error('enough');
  await expect(withSignal(never, AbortSignal.abort(reason))).rejects.toBe(reason);
  const abort = new AbortController();
  const waiting = withSignal(never, abort.signal);
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

it('throws the error that the caller makes', async () => {
  await expect(withSignal(never, AbortSignal.abort(), () => new Error('mine'))).rejects.toThrow('mine');
});

it('handles the failure of work that was given up', async () => {
  await expect(withSignal(Promise.reject(new Error('no')), AbortSignal.abort('gone'))).rejects.toBe('gone');
});
