/** EMQX's names of the hooks, as versions 2 and 3 of the protocol spell them, in the order of its service. */
export const hookNames = [
  'provider.loaded',
  'provider.unloaded',
  'client.connect',
  'client.connack',
  'client.connected',
  'client.disconnected',
  'client.authenticate',
  'client.authorize',
  'client.subscribe',
  'client.unsubscribe',
  'session.created',
  'session.subscribed',
  'session.unsubscribed',
  'session.resumed',
  'session.discarded',
  'session.takenover',
  'session.terminated',
  'message.ingress',
  'message.publish',
  'message.delivered',
  'message.dropped',
  'message.acked',
] as const;

/** One of the 22 callbacks. */
export type HookName = (typeof hookNames)[number];

/** The hooks whose answer changes what the broker does. */
export type ValuedHookName =
  | 'client.authenticate'
  | 'client.authorize'
  | 'message.ingress'
  | 'message.publish';

/** The hooks a broker can be asked to call: all but the two about the provider itself, which it always calls. */
export type RegistrableHookName = Exclude<HookName, 'provider.loaded' | 'provider.unloaded'>;

export const registrableHookNames = hookNames.filter(isRegistrable);

/** The hooks about messages. */
export function isMessageHook(name: HookName): boolean {
  return name.startsWith('message.');
}

const valued: readonly string[] = [
  'client.authenticate',
  'client.authorize',
  'message.ingress',
  'message.publish',
] satisfies ValuedHookName[];

export function isValued(name: HookName): name is ValuedHookName {
  return valued.includes(name);
}

/** The two hooks whose answer is about a message that a client sends. */
export function isSentMessageHook(name: HookName): name is 'message.ingress' | 'message.publish' {
  return name === 'message.ingress' || name === 'message.publish';
}

export function isHookName(name: unknown): name is HookName {
  return (hookNames as readonly unknown[]).includes(name);
}

export function isRegistrable(name: HookName): name is RegistrableHookName {
  return !name.startsWith('provider.');
}
