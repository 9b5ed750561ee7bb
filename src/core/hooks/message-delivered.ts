import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { messageEventOf } from './event-of.ts';

/** `message.delivered`: a message is sent to a subscriber; called once per subscriber. */
export const messageDelivered = defineHook({
  name: 'message.delivered',
  decide: ({ clientinfo, message }) => ({
    reply: observed(),
    events: [messageEventOf('message.delivered', message, { clientinfo, message }, clientinfo.clientid)],
  }),
});
