import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.connected`: a client has been admitted. */
export const clientConnected = defineHook({
  name: 'client.connected',
  decide: ({ clientinfo }) => ({
    reply: observed(),
    events: [eventOf('client.connected', clientinfo.clientid, { clientinfo })],
  }),
});
