import { HOOKS, hooksFor } from '../../policy/ingress.ts';
import { type HookSpec, loaded } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `provider.loaded`: a broker node connected and asks which hooks to call. */
export const providerLoaded = defineHook({
  name: 'provider.loaded',
  needs({ broker, meta }, { policy, answers }) {
    if (policy.areHooksPerNode !== true || HOOKS in answers) return undefined;
    return {
      kind: HOOKS,
      node: meta.node,
      version: broker.version,
      hooks: policy.hooks,
      ingress: policy.ingress,
    };
  },
  decide({ broker, meta }, { policy, answers }) {
    const hooks = answers[HOOKS] as readonly HookSpec[] | undefined;
    return {
      reply: loaded(hooks ?? hooksFor(policy.hooks, broker.version, policy.ingress)),
      events: [eventOf('provider.loaded', meta.node, { broker })],
    };
  },
});
