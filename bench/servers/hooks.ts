/** The hooks that every server but the floor answers with: an allow, and messages that go on unchanged or rewritten. */
import type { AnyHook, defineHook } from '../../src/core/hook.ts';
import type { allow, pass, rewrite } from '../../src/protocol/schema/replies.ts';

/** What the library exports to the module of a user. */
interface Library {
  defineHook: typeof defineHook;
  allow: typeof allow;
  pass: typeof pass;
  rewrite: typeof rewrite;
}

/** Messages to topics that begin so are rewritten. */
export const RAW = 'raw/';
/** What it becomes. */
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
          // The same event as that of the built-in hook.
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
