import type { Decision } from '../../protocol/schema/decision.ts';
import { allow, deny, ignore, type ReplyOf } from '../../protocol/schema/replies.ts';

/** What the broker is told of a decision; in shadow mode nothing. */
export function replyOf({ verdict, by, reason, isShadow }: Decision): ReplyOf<'client.authorize'> {
  if (isShadow || verdict === 'ignore') return ignore();
  return verdict === 'allow' ? allow() : deny(`${by}: ${reason}`);
}
