/** What a broker does with a reply, by its release: the facts of docs/hooks.md in a sentence. */
import { isSince, parseBrokerVersion } from '../../policy/broker-version.ts';
import { type HookName, isValued } from '../../protocol/schema/hook-name.ts';
import type { Verdict } from '../api.ts';

/**
 * @param release of the broker, as it says; empty when it does not.
 * @param qos of a message.
 */
export function effectOf(hook: HookName, verdict: Verdict, release: string, qos = 0): string {
  if (verdict === 'failed') return failedEffect(hook);
  if (verdict === 'loaded') return 'the broker calls the hooks of this list from now on';
  switch (hook) {
    case 'client.authenticate':
      return loginEffect(verdict, release);
    case 'client.authorize':
      return topicEffects[verdict] ?? nothing;
    case 'message.publish':
      return publishEffect(verdict, qos);
    case 'message.ingress':
      return ingressEffects[verdict] ?? nothing;
    default:
      return nothing;
  }
}

const nothing = 'nothing: the broker only reports this';

function failedEffect(hook: HookName): string {
  if (hook === 'message.publish') return 'the broker lets the message go on unchanged';
  if (hook === 'message.ingress')
    return 'failed_action decides: deny disconnects the client, ignore lets the message go on unchanged';
  return isValued(hook) ? 'failed_action of the broker decides: deny, unless it was changed' : nothing;
}

function loginEffect(verdict: Verdict, release: string): string {
  if (verdict === 'allow') return 'the client is admitted';
  if (verdict === 'deny') return 'the client is refused: CONNACK 5, or 0x87 in MQTT 5';
  const version = parseBrokerVersion(release);
  if (version === undefined)
    return 'the broker keeps its own result: EMQX before 5.9 refuses the client unless one of its authenticators admits it';
  return isSince(version, [5, 9, 0])
    ? 'the broker keeps its own result: the client is admitted if the broker has no authenticator'
    : 'the broker keeps its own result: the client is refused unless an authenticator of the broker admits it';
}

const topicEffects: Readonly<Partial<Record<Verdict, string>>> = {
  allow: 'the broker allows it, and remembers that for a minute',
  deny: 'the broker refuses it, and remembers that for a minute',
  ignore: 'the broker keeps its own result: authorization.no_match, if nothing else decided',
};

function publishEffect(verdict: Verdict, qos: number): string {
  if (verdict === 'drop') {
    const told =
      qos === 0 ? 'its publisher is not told' : 'its publisher gets 0x10 (no matching subscribers)';
    return `the message is not routed; ${told}. Retained copies and rule-engine actions saw it before`;
  }
  if (verdict === 'rewrite')
    return 'topic, QoS and payload are taken from the reply; the new topic is not authorized again';
  return 'the message goes on unchanged';
}

const ingressEffects: Readonly<Partial<Record<Verdict, string>>> = {
  pass: 'the message goes on unchanged, and is authorized next',
  rewrite: 'topic and payload are taken from the reply; the new topic is authorized',
  drop: 'the message is not delivered, and acknowledged with 0x10; a retained one is retained all the same',
  deny: 'the client is disconnected: DISCONNECT 0x83 in MQTT 5; the message is not acknowledged',
};
