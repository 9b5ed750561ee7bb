import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `session.resumed`: a client resumed its session. */
export const sessionResumed = defineHook({
  name: 'session.resumed',
  decide: ({ clientinfo }) => ({
    reply: observed(),
    events: [eventOf('session.resumed', clientinfo.clientid, { clientinfo })],
  }),
});
