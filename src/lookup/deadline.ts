import { withSignal } from '../lib/with-signal.ts';
import { Failure } from '../protocol/failure.ts';

/**
 * Awaits shared work for one caller. @throws Failure `lookup_timeout` when this caller's signal is aborted;
 * the work keeps running.
 */
export function withCallerSignal<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  return signal === undefined ? work : withSignal(work, signal, giveUp);
}

const giveUp = (): Failure => new Failure('lookup_timeout', 'the look-up took too long');
