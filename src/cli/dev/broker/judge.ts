/** Judges a message before it is routed: message.ingress, client.authorize, message.publish, in this order. */
import { findTopicNameProblem } from '../../../policy/topics/topic-filter.ts';
import type { HookName } from '../../../protocol/schema/hook-name.ts';
import { type MessageVerdict, readIngress, readPublish } from '../exhook/answers.ts';
import type { Answer } from '../exhook/provider.ts';
import { Action, mayUse } from './authorize.ts';
import type { Channel } from './channel.ts';
import { type BrokerMessage, createMessage, type Publication, sentRequest } from './message.ts';
import { ask, type World } from './world.ts';

export type Judgement =
  /** Ends the connection. */
  | { readonly kind: 'rejected' }
  | { readonly kind: 'refused' }
  /** Nobody gets it, and the publisher is not told why. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'routed'; readonly message: BrokerMessage };

export interface Case {
  readonly channel: Channel;
  readonly publication: Publication;
  readonly headers: Readonly<Record<string, string>>;
  /** Called with the message that is retained: a provider's answer to message.publish comes too late for that. */
  readonly retain?: ((message: BrokerMessage) => Promise<void>) | undefined;
}

/** Call it within the client's lane. */
export async function judge(
  world: World,
  { channel, publication, headers, retain }: Case,
): Promise<Judgement> {
  await world.provider.ready;
  const first = createMessage(publication, channel.id, headers);
  const { properties } = publication;
  const atIngress = await askIngress(world, channel, first, properties);
  if (atIngress.kind === 'rejected') return { kind: 'rejected' };
  // message.ingress cannot change the QoS.
  const arrived = { ...replace(first, atIngress), qos: first.qos };
  const use = {
    action: Action.PUBLISH,
    topic: arrived.topic,
    qos: arrived.qos,
    retain: retain !== undefined,
  };
  if (!(await mayUse(world, channel, use))) return { kind: 'refused' };
  await retain?.(arrived);
  const atPublish = readPublish(await askSent(world, 'message.publish', arrived, {}, properties));
  const message = replace(arrived, atPublish);
  if (isDropped(atIngress) || isDropped(atPublish)) return { kind: 'dropped' };
  if (findTopicNameProblem(message.topic) === undefined) return { kind: 'routed', message };
  world.say(`A message was rewritten to an invalid topic, and is not routed: EMQX would route it.`);
  return { kind: 'dropped' };
}

async function askIngress(
  world: World,
  channel: Channel,
  message: BrokerMessage,
  properties: object | undefined,
): Promise<MessageVerdict> {
  const { provider } = world;
  if (!provider.hooks.has('message.ingress') || isSystem(message)) return { kind: 'unchanged' };
  // With failed_action = deny, EMQX rejects what the filters of the hook leave out without a call.
  if (!provider.wants('message.ingress', message.topic)) return { kind: 'rejected' };
  const clientinfo = channel.clientInfo;
  return readIngress(await askSent(world, 'message.ingress', message, { clientinfo }, properties));
}

async function askSent(
  world: World,
  hook: HookName,
  message: BrokerMessage,
  fields: object,
  properties: object | undefined,
): Promise<Answer> {
  if (isSystem(message)) return { kind: 'not-asked' };
  const request = () => ({ ...fields, ...sentRequest(message, properties, world.release) });
  return await ask(world, hook, message.from, request, message.topic);
}

/** Of a rewritten message EMQX takes these three fields only. */
function replace(message: BrokerMessage, verdict: MessageVerdict): BrokerMessage {
  if (verdict.kind !== 'replaced') return message;
  const { topic, payload, qos } = verdict.message;
  return { ...message, topic, payload, qos };
}

function isDropped(verdict: MessageVerdict): boolean {
  return verdict.kind === 'replaced' && verdict.isDropped;
}

/** Such messages never reach message hooks. */
function isSystem({ topic }: BrokerMessage): boolean {
  return topic.startsWith('$SYS/');
}
