import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `session.terminated`: a session has ended. */
export const sessionTerminated = defineHook({
  name: 'session.terminated',
  decide: ({ clientinfo, reason }) => ({
    reply: observed(),
    events: [eventOf('session.terminated', clientinfo.clientid, { clientinfo, reason })],
  }),
});
