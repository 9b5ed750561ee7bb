/** Message rules at message.ingress, and what they leave to message.publish. */
import { deny, type ReplyOf } from '../../schema/replies.ts';
import { decideMessage, type PublishOutcome, type PublishPolicy } from './decide.ts';
import type { PublishInput } from './draft.ts';

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
  if (policy.at !== 'publish' && policy.wasAtIngress?.(input) === true) return undefined;
  return decideMessage(policy, input);
}

/** Whether a client sent it: brokers say by which protocol. Messages of the REST API, rules and bridges have none. */
export function isFromClient({ message }: PublishInput): boolean {
  return Object.hasOwn(message.headers, 'protocol');
}
