import { MAX_LIST_ITEMS } from '../../protocol/schema/list-limit.ts';

/** A rule cannot be applied to a message. The text is for the decision log: places and kinds, never a value. */
export class RuleFailure extends Error {
  override readonly name = 'RuleFailure';
}

/**
 * A check came to no answer. Its author may have caused this on purpose, so the message is dropped, whatever `onError`
 * says.
 */
export class CheckFailure extends RuleFailure {}

/** Error for a message with more properties than are read. */
export const TOO_MANY = `the message has more than ${MAX_LIST_ITEMS} properties`;

export function fail(reason: string): never {
  throw new RuleFailure(reason);
}

/** Returns a text for any error. Passes on only texts that never contain a value. */
export function reasonOf(error: unknown): string {
  return error instanceof RuleFailure ? error.message : 'cannot be applied';
}
