import { Failure } from '../protocol/failure.ts';

/**
 * Waits so many milliseconds.
 *
 * @throws Failure `lookup_timeout` when the signal ends first.
 */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(new Failure('lookup_timeout', 'the attempt was held up for too long'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    }, ms);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
