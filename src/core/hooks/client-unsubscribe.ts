import { withRealFilters } from '../../policy/topics/real-filters.ts';
import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.unsubscribe`: an UNSUBSCRIBE packet has arrived. EMQX 5.3 names no topic filters in it. */
export const clientUnsubscribe = defineHook({
  name: 'client.unsubscribe',
  decide: ({ clientinfo, props, topicFilters, userProps, meta }) => ({
    reply: observed(),
    events: [
      eventOf('client.unsubscribe', clientinfo.clientid, {
        clientinfo,
        props,
        topicFilters: withRealFilters(topicFilters, meta.version),
        userProps,
      }),
    ],
  }),
});
