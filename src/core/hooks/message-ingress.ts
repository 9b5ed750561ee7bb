import { decideAtIngress } from '../../policy/messages/ingress.ts';
import { pass } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { messageEventOf } from './event-of.ts';

/**
 * `message.ingress`: a PUBLISH packet has arrived, and nothing has happened to it yet (EMQX 6.3 and later). Without
 * rules for it, it passes unchanged. The event contains the original message.
 */
export const messageIngress = defineHook({
  name: 'message.ingress',
  decide(input, { policy: { publish } }) {
    const { clientinfo, message, props, userProps } = input;
    const events = [messageEventOf('message.ingress', message, { clientinfo, message, props, userProps })];
    const outcome = publish && decideAtIngress(publish, input);
    if (outcome === undefined) return { reply: pass(), events };
    // Listed one by one: spreading the outcome costs microseconds a call.
    return { reply: outcome.reply, events, decision: outcome.decision };
  },
});
