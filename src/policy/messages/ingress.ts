/** Applies message rules at message.ingress; message.publish gets the rest. */
import { deny, type ReplyOf } from '../../protocol/schema/replies.ts';
import { decideMessage, type PublishOutcome, type PublishPolicy } from './decide.ts';
import type { PublishInput } from './message-edit.ts';

export interface IngressOutcome {
  readonly reply: ReplyOf<'message.ingress'>;
  readonly decision: PublishOutcome['decision'];
}

/** `undefined` if the rules judge at message.publish. Never throws. */
export function decideAtIngress(policy: PublishPolicy, input: PublishInput): IngressOutcome | undefined {
  if (policy.at === 'publish') return undefined;
  const { reply, decision } = decideMessage(policy, input);
  // The loader rejects rules that set a QoS here: a rewrite has none.
  if (reply.kind !== 'drop' || policy.ingressDrop === 'silent')
    return { reply: reply as IngressOutcome['reply'], decision };
  return { reply: deny(reply.reason), decision };
}

/** `undefined` for a message judged at message.ingress: a second pass would turn `t` -> `p/t` into `p/p/t`. */
export function decideAtPublish(policy: PublishPolicy, input: PublishInput): PublishOutcome | undefined {
  if (policy.at !== 'publish' && (wasStopped(input) || policy.wasAtIngress?.(input) === true))
    return undefined;
  return decideMessage(policy, input);
}

/** EMQX calls message.publish also for a message dropped at message.ingress (observed with a build of 6.3). */
function wasStopped({ message: { headers } }: PublishInput): boolean {
  return headers.allow_publish === 'false';
}
