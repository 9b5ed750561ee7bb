/** EMQX's hook names in versions 2 and 3 of the protocol, in the order of its service. */
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

/** The hooks whose reply changes the broker's behaviour. */
export type ValuedHookName =
  | 'client.authenticate'
  | 'client.authorize'
  | 'message.ingress'
  | 'message.publish';

/** The hooks that a provider can list: all except the two provider hooks, which are always called. */
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

/** The two hooks whose reply decides on a message that a client sends. */
export function isSentMessageHook(name: HookName): name is 'message.ingress' | 'message.publish' {
  return name === 'message.ingress' || name === 'message.publish';
}

export function isHookName(name: unknown): name is HookName {
  return (hookNames as readonly unknown[]).includes(name);
}

export function isRegistrable(name: HookName): name is RegistrableHookName {
  return !name.startsWith('provider.');
}
