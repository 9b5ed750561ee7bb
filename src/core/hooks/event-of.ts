import type { Event, EventData } from '../../protocol/schema/event.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import { withinLimit } from '../../protocol/schema/list-limit.ts';
import { withoutTokens } from '../../protocol/schema/token.ts';
import type { Message } from '../../protocol/schema/vocabulary.ts';

/** The event of a hook: `emqx.` and the hook's name, about a client, a topic or a broker node. */
export function eventOf(hook: HookName, subject: string, data: EventData): Event {
  return { type: `emqx.${hook}`, subject, data: withoutTokens(withinLimit(data)) };
}

/**
 * The event of a message hook, about the topic. Its id is made of the message's id, the hook and, where one
 * message makes several calls, the client: a call that the broker repeats gives the same id again.
 */
export function messageEventOf(hook: HookName, message: Message, data: EventData, clientid?: string): Event {
  const event = eventOf(hook, message.topic, data);
  if (message.id === '') return event;
  const id = clientid === undefined ? `${message.id}/${hook}` : `${message.id}/${hook}/${clientid}`;
  return { id, ...event };
}
