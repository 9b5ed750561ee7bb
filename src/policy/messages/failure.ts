import { MAX_LIST_ITEMS } from '../../protocol/schema/list-limit.ts';

/** A rule that cannot be applied to a message. The text is for the decision log: places and kinds, never a value. */
export class RuleFailure extends Error {
  override readonly name = 'RuleFailure';
}

/**
 * A check that came to no answer. Nobody knows whether the message may go on, and its author may have seen to that: it
 * is stopped, whatever `onError` says.
 */
export class CheckFailure extends RuleFailure {}

/** Of a message whose properties were not all read. */
export const TOO_MANY = `the message has more than ${MAX_LIST_ITEMS} properties`;

export function fail(reason: string): never {
  throw new RuleFailure(reason);
}

/** What to say of anything that was thrown: only texts that are known to tell no value. */
export function reasonOf(error: unknown): string {
  return error instanceof RuleFailure ? error.message : 'cannot be applied';
}
