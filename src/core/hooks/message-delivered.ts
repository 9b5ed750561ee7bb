import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { messageEventOf } from './event-of.ts';

/** `message.delivered`: a message is handed to one subscriber: once for each of them. */
export const messageDelivered = defineHook({
  name: 'message.delivered',
  decide: ({ clientinfo, message }) => ({
    reply: observed(),
    events: [messageEventOf('message.delivered', message, { clientinfo, message }, clientinfo.clientid)],
  }),
});
