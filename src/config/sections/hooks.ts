import * as z from 'zod';
import { expects, section, text } from '../../lib/schema/builders.ts';
import { findTopicFilterProblem } from '../../policy/topics/topic-filter.ts';
import {
  isHookName,
  isMessageHook,
  isRegistrable,
  isValued,
  type RegistrableHookName,
  registrableHookNames,
} from '../../protocol/schema/hook-name.ts';
import { findNearest } from '../nearest.ts';

/** The hooks that may be listed: all except those that are registered only when something answers them. */
export const listableHookNames = registrableHookNames.filter(isListable);
/**
 * The hooks registered for standard output. Without message.ingress, which would report each message twice.
 */
export const shownHookNames = listableHookNames.filter((name) => name !== 'message.ingress');
export type ListableHookName = Exclude<RegistrableHookName, 'client.authenticate' | 'client.authorize'>;

function isListable(name: RegistrableHookName): name is ListableHookName {
  return !isValued(name) || isMessageHook(name);
}

/** Explains why a text cannot be listed. Repeats only known hook names. */
function explainHookName(issue: { readonly input?: unknown }): string {
  const { input } = issue;
  if (isHookName(input)) return isRegistrable(input) ? explainVerdict(input) : explainProvider(input);
  const nearest = typeof input === 'string' ? findNearest(input, listableHookNames) : undefined;
  if (nearest !== undefined) return `is not a hook; did you mean ${nearest}?`;
  return expects('a hook', 'one of its names, such as client.connected')(issue);
}

const explainProvider = (name: string): string => `is ${name}, which brokers always call; remove it`;
const explainVerdict = (name: string): string =>
  `is ${name}, which is registered only when a policy or a custom hook answers it; remove it here`;

const HookName = z.enum(listableHookNames as [ListableHookName, ...ListableHookName[]], {
  error: explainHookName,
});

const filterError = expects('a topic filter', 'one such as "sensors/+/temperature" or "sensors/#"');

function explainTopic(topic: string): string | undefined {
  const problem = findTopicFilterProblem(topic);
  if (problem !== undefined) return `is not a topic filter: ${problem}`;
  if (/^\$(share|queue)\//.test(topic)) return 'is a shared subscription; write its topic filter alone';
  return undefined;
}

export const TopicFilter = z.string({ error: filterError }).superRefine((topic, context) => {
  const message = explainTopic(topic);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const Listed = section(() => ({
  hook: HookName.describe('The name of the hook.'),
  topics: z
    .array(TopicFilter, { error: expects('a list', 'topic filters, each after a "-"') })
    .prefault([])
    .describe(
      'Topic filters: the broker calls the hook only for messages they match. None means every topic.',
    ),
}))
  .refine(({ hook, topics }) => topics.length === 0 || isMessageHook(hook), {
    path: ['topics'],
    error: 'has no effect: brokers apply topic filters only to message.* hooks; remove it',
  })
  .refine(({ hook, topics }) => topics.length === 0 || hook !== 'message.ingress', {
    path: ['topics'],
    error:
      'must not be set for message.ingress: with failed_action = deny, EMQX refuses every message outside the filters without a call',
  });

const item = z
  .union([HookName, Listed], { error: explainHookName })
  .transform((value) => (typeof value === 'string' ? { hook: value, topics: [] } : value));

const register = z
  .array(item, { error: expects('a list', 'names of hooks, each after a "-"') })
  .superRefine((items, context) => {
    items.forEach(({ hook }, i) => {
      if (items.findIndex((other) => other.hook === hook) === i) return;
      context.addIssue({
        code: 'custom',
        path: [i],
        message: `lists ${hook} again; list it once, with all its topics`,
      });
    });
  });

const pathError = 'a path such as ./my-hooks.mjs';
const Path = text('a path', pathError);

export const Hooks = section(() => ({
  register: register
    .optional()
    .describe(
      'The hooks that brokers are asked to call, by name or as { hook, topics }; an empty list is none. When absent, the list is computed: only hooks whose events go somewhere, because each costs the broker a call.',
    ),
  custom: z
    .union([Path, z.array(Path, { error: expects('a list', `${pathError}, each after a "-"`) })], {
      error: expects('a path', `${pathError}, or a list of them`),
    })
    .transform((paths) => (typeof paths === 'string' ? [paths] : paths))
    .prefault([])
    .describe(
      'Modules whose hooks, made with defineHook, replace the built-in ones of the same name; paths are relative to the configuration file, or to the working directory when there is none. None by default.',
    ),
}));
