import { defineHook } from '../hook.ts';
import { hooksFor } from '../policy/ingress.ts';
import { loaded } from '../schema/replies.ts';
import { eventOf } from './event-of.ts';

/** `provider.loaded`: a broker node has connected and asks which hooks it is to call. */
export const providerLoaded = defineHook({
  name: 'provider.loaded',
  decide: ({ broker, meta }, { policy }) => ({
    reply: loaded(hooksFor(policy.hooks, broker.version, policy.ingress)),
    events: [eventOf('provider.loaded', meta.node, { broker })],
  }),
});
