import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.connect`: a CONNECT packet has arrived and nothing has been checked yet. The client id may still be empty. */
export const clientConnect = defineHook({
  name: 'client.connect',
  decide: ({ conninfo, props, userProps }) => ({
    reply: observed(),
    events: [eventOf('client.connect', conninfo.clientid, { conninfo, props, userProps })],
  }),
});
