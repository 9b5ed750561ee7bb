import { withRealFilters } from '../../policy/topics/real-filters.ts';
import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.subscribe`: a SUBSCRIBE packet has been authorized. */
export const clientSubscribe = defineHook({
  name: 'client.subscribe',
  decide: ({ clientinfo, props, topicFilters, userProps, meta }) => ({
    reply: observed(),
    events: [
      eventOf('client.subscribe', clientinfo.clientid, {
        clientinfo,
        props,
        topicFilters: withRealFilters(topicFilters, meta.version),
        userProps,
      }),
    ],
  }),
});
