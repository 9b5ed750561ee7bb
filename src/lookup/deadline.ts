import { withSignal } from '../lib/with-signal.ts';
import { Failure } from '../protocol/failure.ts';

/**
 * The result of work that others wait for too, or `lookup_timeout` when the signal of this caller is aborted. The
 * work keeps running.
 */
export function withCallerSignal<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  return signal === undefined ? work : withSignal(work, signal, giveUp);
}

const giveUp = (): Failure => new Failure('lookup_timeout', 'the look-up took too long');
