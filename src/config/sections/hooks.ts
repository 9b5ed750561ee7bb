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

/** The hooks that may be listed: all but those registered when something answers them. */
export const listableHookNames = registrableHookNames.filter(isListable);
/** What is registered for standard output: message.ingress would tell of each message a second time. */
export const shownHookNames = listableHookNames.filter((name) => name !== 'message.ingress');
export type ListableHookName = Exclude<RegistrableHookName, 'client.authenticate' | 'client.authorize'>;

function isListable(name: RegistrableHookName): name is ListableHookName {
  return !isValued(name) || isMessageHook(name);
}

/** Why a text cannot be listed. Names are the only values repeated, and only those we know. */
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
    .array(TopicFilter, { error: expects('a list', 'topic filters, each behind a "-"') })
    .prefault([])
    .describe(
      'Topic filters: the broker calls the hook only for messages they match. None means every topic.',
    ),
}))
  .refine(({ hook, topics }) => topics.length === 0 || isMessageHook(hook), {
    path: ['topics'],
    error: 'is of no use here: brokers heed topic filters for message.* hooks only; remove it',
  })
  .refine(({ hook, topics }) => topics.length === 0 || hook !== 'message.ingress', {
    path: ['topics'],
    error:
      'must be left out for message.ingress: with failed_action = deny EMQX refuses every message outside of them without a call',
  });

const item = z
  .union([HookName, Listed], { error: explainHookName })
  .transform((value) => (typeof value === 'string' ? { hook: value, topics: [] } : value));

const register = z
  .array(item, { error: expects('a list', 'names of hooks, each behind a "-"') })
  .superRefine((items, context) => {
    items.forEach(({ hook }, i) => {
      if (items.findIndex((other) => other.hook === hook) === i) return;
      context.addIssue({
        code: 'custom',
        path: [i],
        message: `names ${hook} again; list it once, with all its topics`,
      });
    });
  });

const pathError = 'a path such as ./my-hooks.mjs';
const Path = text('a path', pathError);

export const Hooks = section(() => ({
  register: register
    .optional()
    .describe(
      'The hooks that brokers are asked to call, by name or as { hook, topics }; an empty list is none. When absent, the list is computed: every hook whose events go somewhere, and no other, since each costs the broker a call.',
    ),
  custom: z
    .union([Path, z.array(Path, { error: expects('a list', `${pathError}, each behind a "-"`) })], {
      error: expects('a path', `${pathError}, or a list of them`),
    })
    .transform((paths) => (typeof paths === 'string' ? [paths] : paths))
    .prefault([])
    .describe(
      'Modules whose hooks, made with defineHook, replace the built-in ones of the same name; paths are relative to the configuration file, or to the working directory when there is none. None by default.',
    ),
}));
