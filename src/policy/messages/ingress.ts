/** Message rules at message.ingress, and what they leave to message.publish. */
import { deny, type ReplyOf } from '../../protocol/schema/replies.ts';
import { decideMessage, type PublishOutcome, type PublishPolicy } from './decide.ts';
import type { PublishInput } from './message-edit.ts';

export interface IngressOutcome {
  readonly reply: ReplyOf<'message.ingress'>;
  readonly decision: PublishOutcome['decision'];
}

/** Nothing when the rules judge at message.publish. Never throws. */
export function decideAtIngress(policy: PublishPolicy, input: PublishInput): IngressOutcome | undefined {
  if (policy.at === 'publish') return undefined;
  const { reply, decision } = decideMessage(policy, input);
  // The loader refuses rules that set a QoS here, so that a rewrite has none.
  if (reply.kind !== 'drop' || policy.ingressDrop === 'silent')
    return { reply: reply as IngressOutcome['reply'], decision };
  return { reply: deny(reply.reason), decision };
}

/** Nothing for a message that was judged at message.ingress: judged again, `t` -> `p/t` would become `p/p/t`. */
export function decideAtPublish(policy: PublishPolicy, input: PublishInput): PublishOutcome | undefined {
  if (policy.at !== 'publish' && (wasStopped(input) || policy.wasAtIngress?.(input) === true))
    return undefined;
  return decideMessage(policy, input);
}

/** EMQX calls message.publish for a message that was dropped at message.ingress, too (seen on a build of 6.3). */
function wasStopped({ message: { headers } }: PublishInput): boolean {
  return headers.allow_publish === 'false';
}
