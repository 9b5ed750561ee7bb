/** Helpers for work that somebody waits for only so long. */
import { Failure } from '../protocol/failure.ts';

/**
 * The result of a work that others wait for too, or `lookup_timeout` when the signal of this one ends the wait.
 * The work goes on.
 */
export function withSignal<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Failure('lookup_timeout', 'the look-up took too long'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/**
 * Gives a work a signal that ends with the given one or after a time, whichever comes first.
 *
 * Not `AbortSignal.any` and `AbortSignal.timeout`: a timeout within a combined signal can be collected as
 * garbage before it fires (nodejs/node#57736), and its timer outlives the work.
 */
export async function withTimeLimit<Value>(
  signal: AbortSignal | undefined,
  ms: number,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(abort, ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
