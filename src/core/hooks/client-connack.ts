import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { eventOf } from './event-of.ts';

/** `client.connack`: a CONNACK packet is about to be sent; `resultCode` is the name of its reason code. */
export const clientConnack = defineHook({
  name: 'client.connack',
  decide: ({ conninfo, resultCode, props, userProps }) => ({
    reply: observed(),
    events: [eventOf('client.connack', conninfo.clientid, { conninfo, resultCode, props, userProps })],
  }),
});
