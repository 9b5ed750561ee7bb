/** Checks rules of valid shape when they are loaded. Each problem has a path and advice. */
import { compilePattern } from '../../lib/pattern/pattern.ts';
import { parseCidr } from '../text/cidr.ts';
import { parseTemplate } from './placeholders.ts';
import {
  listOf,
  type OneOrMore,
  type Rule,
  type TagCondition,
  type TextCondition,
  type TopicCondition,
  type Who,
} from './rule.ts';
import { findTopicFilterProblem } from './topic-filter.ts';

type Path = readonly (string | number)[];

export interface RuleProblem {
  readonly path: Path;
  readonly message: string;
}

/** Returns all problems of a rule; none if it can be compiled. */
export function findRuleProblems(rule: Rule): RuleProblem[] {
  return [...ruleProblems(rule)];
}

function* ruleProblems(rule: Rule): Iterable<RuleProblem> {
  if ((rule.allow === undefined) === (rule.deny === undefined)) {
    yield { path: [], message: 'write either "allow" or "deny", with publish, subscribe or all' };
  }
  if (rule.who !== undefined) yield* whoProblems(rule.who, ['who']);
  if (rule.topics === undefined) return;
  if (listOf(rule.topics).length === 0) {
    yield { path: ['topics'], message: 'an empty list matches no topic: leave "topics" out for every topic' };
  }
  for (const [path, topic] of each(rule.topics, ['topics'])) yield* topicProblems(topic, path);
}

/** Visits the items of a list with their paths; a single value has the path of the list. */
function* each<T>(values: OneOrMore<T>, path: Path): Iterable<readonly [Path, T]> {
  const isList = Array.isArray(values);
  for (const [i, value] of listOf(values).entries()) yield [isList ? [...path, i] : path, value];
}

function* topicProblems(topic: TopicCondition, path: Path): Iterable<RuleProblem> {
  const isLiteral = typeof topic !== 'string';
  const message = findTopicProblem(isLiteral ? topic.eq : topic, isLiteral);
  if (message !== undefined) yield { path: isLiteral ? [...path, 'eq'] : path, message };
}

/** Returns why a text is not a topic filter for a rule. The text of `eq` must have the syntax of a filter, too. */
export function findTopicProblem(source: string, isLiteral: boolean): string | undefined {
  const template = parseTemplate(source);
  if ('problem' in template) return template.problem;
  // A value in a placeholder is neither empty nor a wildcard.
  const filter = template.parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  const problem = findTopicFilterProblem(filter);
  if (problem !== undefined) return `"${source}" is not a topic filter: ${problem}`;
  if (/^\$share\/[^/]+\/./s.test(filter)) {
    return `"${source}": a shared subscription is judged by its filter: write the filter without the prefix`;
  }
  if (!isLiteral && filter.split('/').some((level) => level === '%u' || level === '%c')) {
    return `"${source}": write \${username} for %u and \${clientid} for %c, or { eq: ... } for the text itself`;
  }
  return undefined;
}

function* whoProblems(who: Who, path: Path): Iterable<RuleProblem> {
  if (Object.values(who).every((value) => value === undefined)) {
    yield { path, message: 'names no condition: leave "who" out for every client' };
  }
  for (const field of ['username', 'clientid', 'cert_common_name'] as const) {
    const conditions = who[field];
    if (conditions !== undefined) yield* textProblems(conditions, [...path, field]);
  }
  for (const [at, block] of each(who.address ?? [], [...path, 'address'])) {
    if (parseCidr(block) === undefined) {
      yield {
        path: at,
        message: `"${block}" is not an IP address or CIDR block such as 10.0.0.0/8 or 2001:db8::/32`,
      };
    }
  }
  for (const [at, tag] of each(who.tag ?? [], [...path, 'tag'])) yield* tagProblems(tag, at);
  for (const field of ['all', 'any'] as const) {
    for (const [at, part] of each(who[field] ?? [], [...path, field])) yield* whoProblems(part, at);
  }
  if (who.not !== undefined) yield* whoProblems(who.not, [...path, 'not']);
}

function* tagProblems(tag: TagCondition, path: Path): Iterable<RuleProblem> {
  if (tag === '') yield { path, message: 'must not be empty' };
  if (typeof tag === 'string') return;
  const entries = Object.entries(tag);
  if (entries.length === 0) yield { path, message: 'names no tag' };
  for (const [name, conditions] of entries) yield* textProblems(conditions, [...path, name]);
}

function* textProblems(conditions: OneOrMore<TextCondition>, path: Path): Iterable<RuleProblem> {
  for (const [at, condition] of each(conditions, path)) {
    const message = findTextProblem(condition);
    if (message !== undefined) yield { path: at, message };
  }
}

/** Returns why a condition on a text cannot be compiled. */
export function findTextProblem(condition: TextCondition): string | undefined {
  if (typeof condition === 'string') return findPlainTextProblem(condition);
  if ('is' in condition) return condition.is === '' ? emptyProblem : undefined;
  if ('like' in condition) return condition.like === '' ? emptyProblem : undefined;
  if (!('regex' in condition)) return undefined;
  const pattern = compilePattern(condition.regex, 're2');
  return 'problem' in pattern ? `/${condition.regex}/: ${pattern.problem}` : undefined;
}

const emptyProblem = 'must not be empty: write { present: false } for a client that has none';

/** Rejects a plain text that looks like a pattern: a deny rule compared literally would be a hole. */
function findPlainTextProblem(text: string): string | undefined {
  if (text === '') return emptyProblem;
  if (text.includes('${'))
    return `"${text}": conditions have no placeholders; write { is: ... } for the text itself`;
  if (!text.includes('*') && !text.includes('?')) return undefined;
  return `"${text}": write { like: ... } for a pattern, or { is: ... } for exactly this text`;
}
