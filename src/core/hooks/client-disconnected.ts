import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.disconnected`: a client disconnected. It can arrive before client.connected: different broker processes send them. */
export const clientDisconnected = defineHook({
  name: 'client.disconnected',
  decide: ({ clientinfo, reason }) => ({
    reply: observed(),
    events: [eventOf('client.disconnected', clientinfo.clientid, { clientinfo, reason })],
  }),
});
