/** Topic filters for the broker: it calls the hook only for messages that rules may match. */
import { parseTemplate } from '../topics/placeholders.ts';
import { listOf, type TopicCondition } from '../topics/rule.ts';
import { covers, findTopicNameProblem } from '../topics/topic-filter.ts';
import type { MessageRule } from './rule.ts';

/** `undefined` means every topic: a rule has no filter. A placeholder counts as any level. */
export function brokerFilters(rules: readonly Pick<MessageRule, 'topics'>[]): readonly string[] | undefined {
  const filters: string[] = [];
  for (const { topics } of rules) {
    if (topics === undefined) return undefined;
    filters.push(...listOf(topics).flatMap(filterOf));
  }
  return withoutCovered(filters);
}

function filterOf(topic: TopicCondition): readonly string[] {
  const source = typeof topic === 'string' ? topic : topic.eq;
  // A literal text with a wildcard matches no message.
  if (typeof topic !== 'string' && findTopicNameProblem(source) !== undefined) return [];
  const template = parseTemplate(source);
  if ('problem' in template) return [];
  const text = template.parts.map((part) => (typeof part === 'string' ? part : '\0')).join('');
  return [
    text
      .split('/')
      .map((level) => (level.includes('\0') ? '+' : level))
      .join('/'),
  ];
}

/** Removes duplicates and filters covered by another one. */
function withoutCovered(filters: readonly string[]): readonly string[] {
  const unique = [...new Set(filters)];
  return unique.filter((filter) => !unique.some((other) => other !== filter && covers(other, filter)));
}
