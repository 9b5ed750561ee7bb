import { setTimeout as delay } from 'node:timers/promises';
import { MAX_TIMER_DELAY } from './timer.ts';

export interface SleepOptions {
  /** Ends the wait early, with an `AbortError`. */
  readonly signal?: AbortSignal;
  /** Whether the wait keeps the process alive. Default: true. */
  readonly ref?: boolean;
}

/** Waits this many milliseconds. */
export function sleep(milliseconds: number, options?: SleepOptions): Promise<void> {
  return delay(Math.min(milliseconds, MAX_TIMER_DELAY), undefined, options);
}
