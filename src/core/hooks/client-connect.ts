import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.connect`: a CONNECT packet arrived; nothing is checked yet. The client id may be empty. */
export const clientConnect = defineHook({
  name: 'client.connect',
  decide: ({ conninfo, props, userProps }) => ({
    reply: observed(),
    events: [eventOf('client.connect', conninfo.clientid, { conninfo, props, userProps })],
  }),
});
