/** Waits with a time limit. Late work keeps running; its result is ignored. */
import { MAX_TIMER_DELAY } from './timer.ts';

/**
 * Returns the outcome of the work, or of `late` when the work takes longer.
 *
 * @param milliseconds time limit; values beyond the longest timer, such as `Infinity`, mean 24 days.
 * @param late returns a value instead, or throws.
 */
export function withTimeout<Value, Late = never>(
  work: Promise<Value>,
  milliseconds: number,
  late: () => Late,
): Promise<Value | Late> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    };
    const timer = setTimeout(giveUp, Math.min(milliseconds, MAX_TIMER_DELAY));
    const settle =
      <Outcome>(end: (outcome: Outcome) => void) =>
      (outcome: Outcome): void => {
        clearTimeout(timer);
        end(outcome);
      };
    work.then(settle(resolve), settle(reject));
  });
}

/** Reports whether the work ends within this many milliseconds. @throws what the work throws in time. */
export function isDoneWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return withTimeout(
    work.then(() => true),
    milliseconds,
    () => false,
  );
}

/**
 * Gives the work a signal that is aborted with the given one or after a time, whichever comes first.
 *
 * Not `AbortSignal.any` and `AbortSignal.timeout`: a timeout within a combined signal can be garbage
 * collected before it fires (nodejs/node#57736), and its timer outlives the work.
 */
export async function withTimeLimit<Value>(
  signal: AbortSignal | undefined,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(abort, Math.min(milliseconds, MAX_TIMER_DELAY));
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
