/** The routes of events: source, target, shape, and delivery guarantee. */
import * as z from 'zod';
import { choice, expects, section, text, whenValid } from '../../lib/schema/builders.ts';
import {
  type HookName,
  hookNames,
  isHookName,
  isMessageHook,
  isSentMessageHook,
} from '../../protocol/schema/hook-name.ts';
import { findNearest } from '../nearest.ts';
import { TopicFilter } from './hooks.ts';
import { Shape } from './shape.ts';

/**
 * Names for several hooks. Logins and actions report no event by default: they must be named one by one. So
 * must message.ingress, which reports the same messages as message.publish.
 */
const groups: Readonly<Record<string, readonly HookName[]>> = {
  '*': eventful(''),
  'provider.*': eventful('provider.'),
  'client.*': eventful('client.'),
  'session.*': eventful('session.'),
  'message.*': eventful('message.'),
};

function eventful(prefix: string): HookName[] {
  return hookNames.filter(
    (name) => name.startsWith(prefix) && !isDecided(name) && name !== 'message.ingress',
  );
}

/** The hooks whose built-in answer reports no event. */
export function isDecided(name: HookName): boolean {
  return name === 'client.authenticate' || name === 'client.authorize';
}

const hookOrGroup = [...Object.keys(groups), ...hookNames];

function explainHook(issue: { readonly input?: unknown }): string {
  const { input } = issue;
  const nearest = typeof input === 'string' ? findNearest(input, hookOrGroup) : undefined;
  if (nearest !== undefined) return `is not a hook; did you mean ${nearest}?`;
  return expects('a hook', 'a name such as message.publish, or a group such as client.*')(issue);
}

const Hooks = z
  .array(z.enum(hookOrGroup as [string, ...string[]], { error: explainHook }), {
    error: expects('a list', 'hooks such as [message.publish, client.*]'),
  })
  .min(1, { error: 'is empty; list a hook, such as message.publish' })
  .transform((names): HookName[] => {
    const wanted = new Set(names.flatMap((name) => (isHookName(name) ? [name] : (groups[name] ?? []))));
    return hookNames.filter((name) => wanted.has(name));
  });

const sinkName = text('the name of a sink', 'a name of the section sinks');
const To = z
  .union([sinkName, z.array(sinkName).min(1, { error: 'is empty; name a sink' })], {
    error: expects('the name of a sink', 'a name of the section sinks, or a list of them'),
  })
  .transform((names) => [...new Set(typeof names === 'string' ? [names] : names)]);

export const Route = section(
  () => ({
    name: text('a name', 'a short text')
      .optional()
      .describe('The name of the route in messages. When absent: its index.'),
    hooks: Hooks.describe(
      'The hooks whose events it takes, by name or group: message.*, client.*, session.*, provider.* or *.',
    ),
    topics: z
      .array(TopicFilter, { error: expects('a list', 'topic filters, each after a "-"') })
      .min(1, { error: 'is empty; list a topic filter, or remove it for every topic' })
      .optional()
      .describe('Only events of messages whose topic matches one of these. When absent: every topic.'),
    when: text('a condition', 'a CEL expression such as "message.qos > 0"')
      .optional()
      .describe('Only events of calls that meet this CEL condition; docs/conditions.md lists its variables.'),
    to: To.describe('The sink, or a list of sinks.'),
    shape: Shape.prefault({}).describe('Which parts of the event are sent, and under which names.'),
    delivery: choice(['after-reply', 'before-reply'])
      .prefault('after-reply')
      .describe(
        'Whether the broker is answered first (after-reply), or only when the sinks have confirmed the event (before-reply). The default is after-reply.',
      ),
    overflow: choice(['drop-oldest', 'drop-newest', 'spool'])
      .optional()
      .describe(
        'For after-reply only: which event is dropped when the queue is full. spool drops none: each event is on disk before the broker is answered. The default is drop-oldest.',
      ),
    onFailure: choice(['pass', 'drop', 'disconnect', 'error', 'spool'])
      .optional()
      .describe(
        'For before-reply, or overflow: spool: the answer to the broker when the event could not be stored in time. pass answers as if it were stored; drop stops the message; disconnect, for message.ingress only, refuses it unacknowledged and disconnects its client; error ends the call with a status, after which EMQX lets a message pass; spool writes the event to disk and passes. The default is error.',
      ),
  }),
  'a route',
)
  .refine(({ hooks, topics }) => topics === undefined || hooks.every(isMessageHook), {
    when: whenValid,
    path: ['topics'],
    error: 'applies to message.* hooks only; write a separate route for the others',
  })
  .refine(({ delivery, overflow }) => delivery === 'after-reply' || overflow === undefined, {
    when: whenValid,
    path: ['overflow'],
    error: 'has no effect with delivery: before-reply, where onFailure decides; remove it',
  })
  .refine(
    ({ delivery, overflow, onFailure }) =>
      onFailure === undefined || delivery === 'before-reply' || overflow === 'spool',
    {
      when: whenValid,
      path: ['onFailure'],
      error:
        'has no effect, because the broker is answered first; write delivery: before-reply, or remove it',
    },
  )
  .refine(({ overflow, onFailure }) => overflow !== 'spool' || onFailure !== 'spool', {
    when: whenValid,
    path: ['onFailure'],
    error: 'cannot be spool when the spool itself has failed; write pass, drop or error',
  })
  .refine(({ hooks, onFailure }) => onFailure !== 'drop' || hooks.every(isSentMessageHook), {
    when: whenValid,
    path: ['onFailure'],
    error:
      'can be drop only for message.publish and message.ingress: nothing else can be dropped; write error, pass or spool',
  })
  .refine(
    ({ hooks, onFailure }) => onFailure !== 'disconnect' || hooks.every((hook) => hook === 'message.ingress'),
    {
      when: whenValid,
      path: ['onFailure'],
      error:
        'can be disconnect only for message.ingress, where a message can be refused before it is acknowledged; write error, drop, pass or spool',
    },
  )
  .refine(
    ({ hooks, shape }) =>
      shape.format === 'structured' ||
      (shape.pick === undefined && shape.drop === undefined) ||
      !hooks.some(isMessageHook),
    {
      when: whenValid,
      path: ['shape'],
      error:
        'picks or drops parts of data that format: raw or binary does not send; write format: structured',
    },
  );

export const Routes = z
  .array(Route, { error: expects('a list', 'routes, each after a "-"') })
  .prefault([])
  .describe(
    'Which events go to which sinks. An event goes to each sink once, by the first matching route. None by default. See docs/events.md.',
  );
export type RouteSection = z.output<typeof Route>;
