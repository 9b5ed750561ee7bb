import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `session.discarded`: a session was thrown away because its client started afresh. */
export const sessionDiscarded = defineHook({
  name: 'session.discarded',
  decide: ({ clientinfo }) => ({
    reply: observed(),
    events: [eventOf('session.discarded', clientinfo.clientid, { clientinfo })],
  }),
});
