import { defineHook } from '../hook.ts';
import { pass } from '../schema/replies.ts';
import { messageEventOf } from './event-of.ts';

/** `message.publish`: what is to become of this message? It goes on unchanged. */
export const messagePublish = defineHook({
  name: 'message.publish',
  decide: ({ message, props, userProps }) => ({
    reply: pass(),
    events: [messageEventOf('message.publish', message, { message, props, userProps })],
  }),
});
