import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `session.discarded`: a session was deleted because its client asked for a clean start. */
export const sessionDiscarded = defineHook({
  name: 'session.discarded',
  decide: ({ clientinfo }) => ({
    reply: observed(),
    events: [eventOf('session.discarded', clientinfo.clientid, { clientinfo })],
  }),
});
