import { realFilters } from '../../policy/topics/real-filters.ts';
import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
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
