import type { Decision } from '../../protocol/schema/decision.ts';
import { allow, deny, ignore, type ReplyOf } from '../../protocol/schema/replies.ts';

/** The reply for a decision; in shadow mode the broker decides itself. */
export function replyOf({ verdict, by, reason, isShadow }: Decision): ReplyOf<'client.authorize'> {
  if (isShadow || verdict === 'ignore') return ignore();
  return verdict === 'allow' ? allow() : deny(`${by}: ${reason}`);
}
