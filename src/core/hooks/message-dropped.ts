import { observed } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { messageEventOf } from './event-of.ts';

/** `message.dropped`: a message reached no one; `reason` says why, for example `no_subscribers`. */
export const messageDropped = defineHook({
  name: 'message.dropped',
  decide: ({ message, reason }) => ({
    reply: observed(),
    events: [messageEventOf('message.dropped', message, { message, reason })],
  }),
});
