import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { messageEventOf } from './event-of.ts';

/** `message.acked`: a subscriber has acknowledged a QoS 1 or 2 message. */
export const messageAcked = defineHook({
  name: 'message.acked',
  decide: ({ clientinfo, message }) => ({
    reply: observed(),
    events: [messageEventOf('message.acked', message, { clientinfo, message }, clientinfo.clientid)],
  }),
});
