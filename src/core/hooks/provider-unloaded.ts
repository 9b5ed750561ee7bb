import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `provider.unloaded`: a broker node disables this provider, or stops. */
export const providerUnloaded = defineHook({
  name: 'provider.unloaded',
  decide: ({ meta }) => ({
    reply: observed(),
    events: [eventOf('provider.unloaded', meta.node, {})],
  }),
});
