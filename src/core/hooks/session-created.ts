import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `session.created`: a new session has been made. */
export const sessionCreated = defineHook({
  name: 'session.created',
  decide: ({ clientinfo }) => ({
    reply: observed(),
    events: [eventOf('session.created', clientinfo.clientid, { clientinfo })],
  }),
});
