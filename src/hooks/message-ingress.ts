import { defineHook } from '../hook.ts';
import { pass } from '../schema/replies.ts';
import { messageEventOf } from './event-of.ts';

/**
 * `message.ingress`: a PUBLISH packet has arrived, and nothing has happened to it yet (EMQX 6.3 and later). It goes on
 * unchanged. The event tells it as it came.
 */
export const messageIngress = defineHook({
  name: 'message.ingress',
  decide({ clientinfo, message, props, userProps }) {
    const data = { clientinfo, message, props, userProps };
    return { reply: pass(), events: [messageEventOf('message.ingress', message, data)] };
  },
});
