import { defineHook } from '../hook.ts';
import { realFilters } from '../policy/real-filters.ts';
import { observed } from '../schema/replies.ts';
import { eventOf } from './event-of.ts';

/** `session.unsubscribed`: one topic filter has been removed from a session. */
export const sessionUnsubscribed = defineHook({
  name: 'session.unsubscribed',
  decide: ({ clientinfo, topic, meta }) => ({
    reply: observed(),
    events: [
      eventOf('session.unsubscribed', clientinfo.clientid, {
        clientinfo,
        topic,
        ...realFilters(topic, meta.version),
      }),
    ],
  }),
});
