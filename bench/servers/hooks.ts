/** The hooks of every server but the floor: an allow, and messages that pass unchanged or rewritten. */
import type { AnyHook, defineHook } from '../../src/core/hook.ts';
import type { allow, pass, rewrite } from '../../src/protocol/schema/replies.ts';

/** What the library exports to a user's module. */
interface Library {
  defineHook: typeof defineHook;
  allow: typeof allow;
  pass: typeof pass;
  rewrite: typeof rewrite;
}

/** Messages to topics with this prefix are rewritten. */
export const RAW = 'raw/';
/** The replacement of the prefix. */
export const COOKED = 'site/berlin/';

export function makeHooks({ defineHook, allow, pass, rewrite }: Library): AnyHook[] {
  return [
    defineHook({ name: 'client.authorize', decide: () => ({ reply: allow() }) }),
    defineHook({
      name: 'message.publish',
      decide: ({ message, props, userProps }) => {
        const isRaw = message.topic.startsWith(RAW);
        return {
          reply: isRaw ? rewrite({ topic: COOKED + message.topic.slice(RAW.length) }) : pass(),
          // The same event as the built-in hook's.
          events: [
            {
              id: `${message.id}/message.publish`,
              type: 'emqx.message.publish',
              subject: message.topic,
              data: { message, props, userProps },
            },
          ],
        };
      },
    }),
  ];
}
