import { realFilters } from '../../policy/topics/real-filters.ts';
import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `session.subscribed`: one topic filter has been added to a session; a shared one reads `$share/group/filter`. */
export const sessionSubscribed = defineHook({
  name: 'session.subscribed',
  decide: ({ clientinfo, topic, subopts, meta }) => ({
    reply: observed(),
    events: [
      eventOf('session.subscribed', clientinfo.clientid, {
        clientinfo,
        topic,
        ...realFilters(topic, meta.version),
        subopts,
      }),
    ],
  }),
});
