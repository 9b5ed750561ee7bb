/** The variables that conditions of message rules may name, in the order of docs/conditions.md and of error texts. */
import { isShortened } from '../../protocol/schema/list-limit.ts';
import type { Property } from '../../protocol/schema/vocabulary.ts';
import type { Variables } from '../condition.ts';
import { fail, TOO_MANY } from './failure.ts';
import { type MessageEdit, payloadOf, texts } from './message-edit.ts';

export const messageVariables: Variables<MessageEdit> = {
  topic: ({ topic }) => topic,
  qos: ({ qos }) => BigInt(qos),
  /** The value when a rule decoded it, else the bytes. */
  payload: payloadOf,
  /** Of the payload, in bytes, as it came to the rule. */
  size: ({ payload }) => BigInt(payload.length),
  ...texts,
  /** Milliseconds since 1970, by the broker's clock. */
  timestamp: ({ input }) => input.message.timestamp,
  props: ({ input }) => byName(input.props),
  user_props: ({ input }) => byName(input.userProps),
};

/** Many rules may ask about the properties of one message, which has thousands. */
const known = new WeakMap<readonly Property[], Readonly<Record<string, string>>>();

/** A name may come more than once: the first counts. */
function byName(list: readonly Property[]): Readonly<Record<string, string>> {
  // What is not there may have stood behind the limit: a rule must not take it for absent.
  if (isShortened(list)) return fail(TOO_MANY);
  const before = known.get(list);
  if (before !== undefined) return before;
  const values = Object.create(null) as Record<string, string>;
  for (const { name, value } of list) values[name] ??= value;
  known.set(list, values);
  return values;
}
