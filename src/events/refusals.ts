/** Why a call does not wait for its event, or not any longer. */
import { Failure } from '../protocol/failure.ts';

/** One for all: in a storm most callers get it, and an error with its stack is costly to make. */
export const tooBusy = new Failure('sink_full', 'the sink is too busy to store the event in time');

export function tooLate(): Failure {
  return new Failure('sink_failed', 'the sink did not confirm the event in time');
}
