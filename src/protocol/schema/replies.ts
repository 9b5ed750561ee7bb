/** Replies of hooks: eight constructors, and the schemas that restrict each hook to its replies. */
import * as z from 'zod';
import { type HookName, type RegistrableHookName, registrableHookNames } from './hook-name.ts';
import { MqttText } from './text.ts';

/** A hook to call, and its topic filters (message hooks only; none means every topic). */
export const HookSpec = z.object({
  name: z.enum(registrableHookNames as [RegistrableHookName, ...RegistrableHookName[]], {
    error: 'must be the name of a hook: EMQX refuses a provider that names one it does not know',
  }),
  topics: z.array(z.string()),
});
export type HookSpec = z.output<typeof HookSpec>;

const reason = z.string().min(1, { error: 'say why: the reason goes to the log' });

function isPublishableTopic(topic: string): boolean {
  return topic !== '' && !/[+#\0]/.test(topic) && topic !== '$SYS' && !topic.startsWith('$SYS/');
}

/** Checked here because EMQX routes the topic of a reply unchecked. [MQTT-3.3.2-2] [MQTT-4.7.3-1] */
const PublishTopic = MqttText.refine(isPublishableTopic, {
  error: 'must be a topic name: not empty, no "+", "#" or NUL, not under "$SYS"',
});

const Observed = z.object({ kind: z.literal('observed') });
const Allow = z.object({ kind: z.literal('allow') });
const Deny = z.object({ kind: z.literal('deny'), reason });
const Ignore = z.object({ kind: z.literal('ignore') });
const Pass = z.object({ kind: z.literal('pass') });
const payload = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array, { error: 'must be bytes' })
  .optional();
const Rewrite = z.object({
  kind: z.literal('rewrite'),
  topic: PublishTopic.optional(),
  qos: z.literal([0, 1, 2], { error: 'must be a QoS: 0, 1 or 2' }).optional(),
  payload,
});
/** Changing the QoS at ingress would lose the publisher's acknowledgement or end its connection. */
const RewriteAtIngress = z.object({
  kind: z.literal('rewrite'),
  topic: PublishTopic.optional(),
  qos: z
    .undefined({ error: 'cannot be changed at message.ingress: change it at message.publish' })
    .optional(),
  payload,
});
const Drop = z.object({ kind: z.literal('drop'), reason });
const Loaded = z.object({ kind: z.literal('loaded'), hooks: z.array(HookSpec).readonly() });

const Verdict = z.discriminatedUnion('kind', [Allow, Deny, Ignore]);
const Publish = z.discriminatedUnion('kind', [Pass, Rewrite, Drop]);
const Ingress = z.discriminatedUnion('kind', [Pass, RewriteAtIngress, Drop, Deny]);

export const replies = {
  'provider.loaded': Loaded,
  'provider.unloaded': Observed,
  'client.connect': Observed,
  'client.connack': Observed,
  'client.connected': Observed,
  'client.disconnected': Observed,
  'client.authenticate': Verdict,
  'client.authorize': Verdict,
  'client.subscribe': Observed,
  'client.unsubscribe': Observed,
  'session.created': Observed,
  'session.subscribed': Observed,
  'session.unsubscribed': Observed,
  'session.resumed': Observed,
  'session.discarded': Observed,
  'session.takenover': Observed,
  'session.terminated': Observed,
  'message.ingress': Ingress,
  'message.publish': Publish,
  'message.delivered': Observed,
  'message.dropped': Observed,
  'message.acked': Observed,
} as const satisfies Record<HookName, z.ZodType>;

/** The replies that a hook may give. */
export type ReplyOf<Name extends HookName = HookName> = z.output<(typeof replies)[Name]>;
export type Reply = ReplyOf;

const OBSERVED = Object.freeze({ kind: 'observed' as const });
const ALLOW = Object.freeze({ kind: 'allow' as const });
const IGNORE = Object.freeze({ kind: 'ignore' as const });
const PASS = Object.freeze({ kind: 'pass' as const });

/** The reply to every notification. */
export const observed = (): z.output<typeof Observed> => OBSERVED;

/** Admit the client, or allow the action. The broker asks nobody else. */
export const allow = (): z.output<typeof Allow> => ALLOW;

/**
 * Refuse the client or the action. At message.ingress, refuse the message and disconnect its client (DISCONNECT 0x83
 * in MQTT 5); the message is not acknowledged. The reason goes to our log: ExHook cannot send it to the client.
 */
export const deny = (because: string): z.output<typeof Deny> => ({ kind: 'deny', reason: because });

/**
 * Keep the broker's own result.
 *
 * For a login this means "refused" to EMQX 5.0 to 5.8 without a matching authenticator, and "admitted" to
 * EMQX from 5.9 on without any: prefer `allow` or `deny`.
 */
export const ignore = (): z.output<typeof Ignore> => IGNORE;

/** Pass the message unchanged. */
export const pass = (): z.output<typeof Pass> => PASS;

/** Pass the message with changes. Other fields stay; retain flag and properties cannot be changed. */
export const rewrite = (change: Omit<z.output<typeof Rewrite>, 'kind'>): z.output<typeof Rewrite> => ({
  kind: 'rewrite',
  ...change,
});

/**
 * Drop the message before it is routed. QoS 1 and 2 publishers get reason code 0x10. At message.ingress the broker
 * still stores a retained message; use `deny` to prevent it.
 */
export const drop = (because: string): z.output<typeof Drop> => ({ kind: 'drop', reason: because });

/** Tell the broker which hooks to call. */
export const loaded = (hooks: readonly HookSpec[]): z.output<typeof Loaded> => ({ kind: 'loaded', hooks });
