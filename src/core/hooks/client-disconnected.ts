import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.disconnected`: a client has gone. May arrive before its client.connected: they come from different broker processes. */
export const clientDisconnected = defineHook({
  name: 'client.disconnected',
  decide: ({ clientinfo, reason }) => ({
    reply: observed(),
    events: [eventOf('client.disconnected', clientinfo.clientid, { clientinfo, reason })],
  }),
});
