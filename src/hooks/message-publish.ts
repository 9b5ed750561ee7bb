import { defineHook } from '../hook.ts';
import { decideMessage } from '../policy/message/decide.ts';
import { pass } from '../schema/replies.ts';
import { messageEventOf } from './event-of.ts';

/** `message.publish`: what is to become of this message? Without rules it goes on unchanged. The event tells it as it came. */
export const messagePublish = defineHook({
  name: 'message.publish',
  decide(input, { policy: { publish } }) {
    const { message, props, userProps } = input;
    const { reply, decision } = publish === undefined ? { reply: pass() } : decideMessage(publish, input);
    const events = [messageEventOf('message.publish', message, { message, props, userProps })];
    return decision === undefined ? { reply, events } : { reply, events, decision };
  },
});
