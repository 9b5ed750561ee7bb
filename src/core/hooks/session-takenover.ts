import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `session.takenover`: a session was moved to a newer connection of the same client id. */
export const sessionTakenover = defineHook({
  name: 'session.takenover',
  decide: ({ clientinfo }) => ({
    reply: observed(),
    events: [eventOf('session.takenover', clientinfo.clientid, { clientinfo })],
  }),
});
