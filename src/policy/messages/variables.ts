/** Variables for conditions of message rules, in the order of docs/conditions.md and of error texts. */
import { isShortened } from '../../protocol/schema/list-limit.ts';
import type { Property } from '../../protocol/schema/vocabulary.ts';
import type { Variables } from '../condition.ts';
import { fail, TOO_MANY } from './failure.ts';
import { type MessageEdit, payloadOf, texts } from './message-edit.ts';

export const messageVariables: Variables<MessageEdit> = {
  topic: ({ topic }) => topic,
  qos: ({ qos }) => BigInt(qos),
  /** The value if a rule decoded it, else the bytes. */
  payload: payloadOf,
  /** Size of the payload before the rule, in bytes. */
  size: ({ payload }) => BigInt(payload.length),
  ...texts,
  /** Milliseconds since 1970, by the broker's clock. */
  timestamp: ({ input }) => input.message.timestamp,
  props: ({ input }) => byName(input.props),
  user_props: ({ input }) => byName(input.userProps),
};

/** Cached: many rules may read the properties of one message, which may have thousands. */
const known = new WeakMap<readonly Property[], Readonly<Record<string, string>>>();

/** The first of several equal names counts. */
function byName(list: readonly Property[]): Readonly<Record<string, string>> {
  // A missing property may be beyond the limit: a rule must not treat it as absent.
  if (isShortened(list)) return fail(TOO_MANY);
  const before = known.get(list);
  if (before !== undefined) return before;
  const values = Object.create(null) as Record<string, string>;
  for (const { name, value } of list) values[name] ??= value;
  known.set(list, values);
  return values;
}
