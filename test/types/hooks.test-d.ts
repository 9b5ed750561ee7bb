/**
 * What must not compile about hooks. Each `@ts-expect-error` ends in words of the error that must stand there;
 * `type-errors.test.ts` takes the directives out and looks for these words.
 */
import { defineHook, type HookTable } from '../../src/core/hook.ts';
import { hooks } from '../../src/core/hooks/index.ts';
import {
  allow,
  deny,
  drop,
  ignore,
  loaded,
  observed,
  pass,
  rewrite,
} from '../../src/protocol/schema/replies.ts';

const { 'message.acked': _acked, ...withoutAcked } = hooks;
const { 'client.authenticate': _authenticate, ...withoutAuthenticate } = hooks;

export const complete: HookTable = hooks;
// @ts-expect-error Property '"message.acked"' is missing
export const noAcked: HookTable = withoutAcked;
// @ts-expect-error Property '"client.authenticate"' is missing
export const noAuthenticate: HookTable = withoutAuthenticate;
// @ts-expect-error 'client.check_acl'' does not exist
export const surplus: HookTable = { ...hooks, 'client.check_acl': hooks['client.authorize'] };
// @ts-expect-error '"client.disconnected"' is not assignable to type '"client.connected"'
export const swapped: HookTable = { ...hooks, 'client.connected': hooks['client.disconnected'] };

// @ts-expect-error '"client.check_acl"' is not assignable to type
defineHook({ name: 'client.check_acl', decide: () => ({ reply: allow() }) });

defineHook({ name: 'client.connected', decide: () => ({ reply: observed() }) });
// @ts-expect-error '"allow"' is not assignable to type '"observed"'
defineHook({ name: 'client.connected', decide: () => ({ reply: allow() }) });
// @ts-expect-error '"pass"' is not assignable to type
defineHook({ name: 'client.authenticate', decide: () => ({ reply: pass() }) });
// @ts-expect-error '"observed"' is not assignable to type
defineHook({ name: 'client.authorize', decide: () => ({ reply: observed() }) });
// @ts-expect-error '"deny"' is not assignable to type
defineHook({ name: 'message.publish', decide: () => ({ reply: deny('no') }) });
// @ts-expect-error { kind: "ignore"; }
defineHook({ name: 'message.publish', decide: () => ({ reply: ignore() }) });
// @ts-expect-error '"drop"' is not assignable to type '"observed"'
defineHook({ name: 'message.delivered', decide: () => ({ reply: drop('no') }) });
// @ts-expect-error '"loaded"' is not assignable to type '"observed"'
defineHook({ name: 'provider.unloaded', decide: () => ({ reply: loaded([]) }) });
// @ts-expect-error Property 'hooks' is missing
defineHook({ name: 'provider.loaded', decide: () => ({ reply: observed() }) });

// @ts-expect-error Property 'reply' is missing
defineHook({ name: 'client.connected', decide: () => ({}) });
// @ts-expect-error Promise<
defineHook({ name: 'client.connected', decide: async () => ({ reply: observed() }) });
// @ts-expect-error Promise<
defineHook({ name: 'client.authorize', needs: async () => undefined, decide: () => ({ reply: allow() }) });

defineHook({ name: 'client.authorize', onError: 'deny', decide: () => ({ reply: allow() }) });
// @ts-expect-error '"refuse"' is not assignable to type
defineHook({ name: 'client.authorize', onError: 'refuse', decide: () => ({ reply: allow() }) });
// @ts-expect-error 'never'
defineHook({ name: 'client.connected', onError: 'deny', decide: () => ({ reply: observed() }) });

defineHook({
  name: 'client.connected',
  // @ts-expect-error 'password' does not exist
  decide: ({ clientinfo }) => ({ reply: observed(), events: [{ type: clientinfo.password, data: {} }] }),
});
defineHook({
  name: 'client.authenticate',
  decide: ({ clientinfo }) => ({ reply: clientinfo.password === '' ? deny('none') : allow() }),
});

// @ts-expect-error '3' is not assignable to type
rewrite({ qos: 3 });
// @ts-expect-error 'retain' does not exist
rewrite({ retain: true });
// @ts-expect-error 'string' is not assignable to type 'Uint8Array
rewrite({ payload: 'text' });
