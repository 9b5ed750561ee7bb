/** Finds uses of the names that a client chooses itself, in rules, conditions and templates. */

import type { MessageRule } from '../messages/rule.ts';
import { parseMessageTemplate } from '../messages/template.ts';
import type { TextTemplate } from '../text/text-template.ts';
import { dangerousForms } from '../topics/acl/mosquitto.ts';
import { parseTemplate } from '../topics/placeholders.ts';
import {
  listOf,
  type OneOrMore,
  type Rule,
  type TextCondition,
  type TopicCondition,
  type Who,
} from '../topics/rule.ts';
import { type BoundName, boundNames } from './bound-names.ts';

/** Names in use, each with its first use: `who.username`, `${username}`, `when`. */
export type NameUses = ReadonlyMap<BoundName, string>;

type Use = readonly [string, string];

/** @param variables named in the condition of the rule. */
export function usesOfRule(rule: Rule, variables: ReadonlySet<string> = new Set()): NameUses {
  return collect([...usesOfWho(rule.who), ...usesOfTopics(rule.topics), ...usesOfCondition(variables)]);
}

/** @param variables named in the condition of the rule. */
export function usesOfMessageRule(
  { who, topics, set, drop }: MessageRule,
  variables: ReadonlySet<string> = new Set(),
): NameUses {
  return collect([
    ...usesOfWho(who),
    ...usesOfTopics(topics),
    ...usesOfCondition(variables),
    ...usesOfMessageTexts([set?.topic, set?.qos, set?.payload, drop]),
  ]);
}

/** @param parts of a text with placeholders. */
export function usesOfTemplate({ parts }: Pick<TextTemplate, 'parts'>): NameUses {
  return collect(
    parts.flatMap((part): Use[] => (typeof part === 'string' ? [] : [[part.name, `\${${part.name}}`]])),
  );
}

function collect(uses: Iterable<Use>): NameUses {
  const found = new Map<BoundName, string>();
  for (const [name, how] of uses)
    for (const bound of boundNames) if (name === bound && !found.has(bound)) found.set(bound, how);
  return found;
}

function* usesOfWho(who: Who | undefined): Iterable<Use> {
  if (who === undefined) return;
  for (const name of boundNames)
    if (who[name] !== undefined && !isAboutForm(who[name])) yield [name, `who.${name}`];
  for (const part of [...(who.all ?? []), ...(who.any ?? [])]) yield* usesOfWho(part);
  yield* usesOfWho(who.not);
}

function isAboutForm(conditions: OneOrMore<TextCondition>): boolean {
  return listOf(conditions).every(
    (condition) =>
      typeof condition === 'object' && 'regex' in condition && dangerousForms.includes(condition.regex),
  );
}

function* usesOfTopics(topics: readonly TopicCondition[] | TopicCondition | undefined): Iterable<Use> {
  for (const topic of listOf(topics ?? [])) {
    const template = parseTemplate(typeof topic === 'string' ? topic : topic.eq);
    if (!('problem' in template)) yield* usesOfTemplate(template);
  }
}

function* usesOfCondition(variables: ReadonlySet<string>): Iterable<Use> {
  for (const variable of variables) yield [variable, `${variable} in when`];
}

/** Visits all texts in a value: fields of a payload are templates, too. */
function* usesOfMessageTexts(value: unknown): Iterable<Use> {
  if (typeof value === 'string') {
    const template = parseMessageTemplate(value);
    if (!('problem' in template)) yield* usesOfTemplate(template);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) yield* usesOfMessageTexts(part);
  }
}
