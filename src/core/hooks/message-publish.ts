import { decideAtPublish } from '../../policy/messages/ingress.ts';
import { pass } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { messageEventOf } from './event-of.ts';

/** `message.publish`: decides about a message. Without rules, or if message.ingress has judged it, the message passes unchanged. The event contains the original message. */
export const messagePublish = defineHook({
  name: 'message.publish',
  decide(input, { policy: { publish } }) {
    const { message, props, userProps } = input;
    const events = [messageEventOf('message.publish', message, { message, props, userProps })];
    const outcome = publish && decideAtPublish(publish, input);
    if (outcome === undefined) return { reply: pass(), events };
    // Listed one by one: spreading the outcome costs microseconds a call.
    return { reply: outcome.reply, events, decision: outcome.decision };
  },
});
