/**
 * Reads mosquitto's `acl_file` (mosquitto.conf(5)): `user`, `topic` and `pattern` lines.
 *
 * mosquitto evaluates lines in a fixed order, regardless of position: first the client's own section (its `user`, or
 * the lines before the first `user` for clients without a user name), then the patterns; in both, denials first. Then
 * it denies. In this order the lines form a rule list where the first match decides.
 *
 * One difference: mosquitto accepts every subscription and filters deliveries, while here the subscription is judged.
 * `read` allows a subscription only if one line covers every message it could deliver, and an overlapping denial
 * refuses it. No message is delivered that mosquitto would have withheld.
 */
import type { Rule, RuleAction, Who } from '../rule.ts';
import { type Acl, type AclProblem, finish, type LinedRule } from './acl.ts';

const accesses: Readonly<Record<string, RuleAction | 'deny'>> = {
  read: 'subscribe',
  write: 'publish',
  readwrite: 'all',
  deny: 'deny',
};

interface AclLine {
  readonly line: number;
  readonly access: RuleAction | 'deny';
  readonly topic: string;
  /** The section of a `topic` line: its user, or clients without one. `undefined` for a `pattern`. */
  readonly who: Who | undefined;
}

/** `topic` lines before the first `user` apply to clients without a user name. */
const noUser: Who = { username: { present: false } };

/** Parses a file. `file` is used in the names of rules: `mosquitto.acl:12`. */
export function parseMosquittoAcl(text: string, file = 'acl_file'): Acl {
  const problems: AclProblem[] = [];
  const lines: AclLine[] = [];
  let who = noUser;
  for (const [i, raw] of text.split('\n').entries()) {
    if (raw.startsWith('#')) continue;
    const [keyword, rest] = splitWord(raw.trim());
    const line = i + 1;
    if (keyword === 'user' && rest !== '') who = { username: { is: rest } };
    else if (keyword === 'topic' || keyword === 'pattern') {
      const parsed = parseLine(line, rest, keyword === 'topic' ? who : undefined);
      if ('message' in parsed) problems.push(parsed);
      else lines.push(parsed);
    } else if (keyword !== '') problems.push({ line, message: findLineProblem(keyword) });
  }
  return finish(inOrder(lines, file), problems);
}

function findLineProblem(keyword: string): string {
  if (keyword === 'user') return 'names no user';
  return `a line must begin with "user", "topic", "pattern" or "#", not "${keyword}"`;
}

/** mosquitto separates words by spaces; a topic may contain spaces. */
function splitWord(text: string): readonly [word: string, rest: string] {
  const end = text.indexOf(' ');
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end).trim()];
}

function parseLine(line: number, text: string, who: Who | undefined): AclLine | AclProblem {
  const [first, rest] = splitWord(text);
  const access = Object.hasOwn(accesses, first) ? accesses[first] : undefined;
  if (text === '') return { line, message: 'names no topic' };
  if (rest === '' && access !== undefined) return { line, message: `"${first}" names no topic` };
  if (rest !== '' && access === undefined) {
    return { line, message: `access must be "read", "write", "readwrite" or "deny", not "${first}"` };
  }
  const topic = rest === '' ? first : rest;
  const message = findTopicProblem(topic, who === undefined);
  return message === undefined ? { line, access: access ?? 'all', topic, who } : { line, message };
}

function findTopicProblem(topic: string, isPattern: boolean): string | undefined {
  if (topic.includes('${'))
    return `"${topic}": not a placeholder of mosquitto; use %u or %c in a "pattern" line`;
  if (isPattern || !topic.split('/').some((level) => level === '%u' || level === '%c')) return undefined;
  return `"${topic}": %u and %c are placeholders in "pattern" lines only; write "pattern" instead of "topic"`;
}

function inOrder(lines: readonly AclLine[], file: string): LinedRule[] {
  const topics = lines.filter(({ who }) => who !== undefined);
  const patterns = lines.filter(({ who }) => who === undefined);
  const [first] = patterns;
  return [
    ...denialsFirst(topics, file),
    ...(first === undefined ? [] : dangerousNames(first.line, patterns, file)),
    ...denialsFirst(patterns, file),
    { line: 0, rule: { name: `${file}: no line allows it`, deny: 'all' } },
  ];
}

function denialsFirst(lines: readonly AclLine[], file: string): LinedRule[] {
  const denials = lines.filter(({ access }) => access === 'deny');
  const grants = lines.filter(({ access }) => access !== 'deny');
  return [...denials, ...grants].map(({ line, access, topic, who }) => {
    const about: Rule = access === 'deny' ? { deny: 'all' } : { allow: access };
    const topics = who === undefined ? fillPattern(topic) : topic;
    return { line, rule: { name: `${file}:${line}`, ...about, who, topics } };
  });
}

function fillPattern(topic: string): string {
  return topic.replaceAll('%u', '${username}').replaceAll('%c', '${clientid}');
}

const HOLDS_WILDCARD = '[+#]';
const HIDES = '^\\$|[+#/]';

/** Names that mosquitto rejects in patterns. Rules here deny them; other names gain nothing. */
export const dangerousForms: readonly string[] = [HOLDS_WILDCARD, HIDES];

/**
 * If there are patterns, mosquitto denies a client whose name contains a wildcard everything that its own section does
 * not decide. mosquitto substitutes names with `/` or a leading `$`; here such a pattern does not match. To keep denials
 * effective, such clients are denied as well if a pattern denies.
 */
function dangerousNames(line: number, patterns: readonly AclLine[], file: string): LinedRule[] {
  const denials = patterns.filter(({ access }) => access === 'deny').map(({ topic }) => topic);
  const names = [
    ['username', '%u'],
    ['clientid', '%c'],
  ] as const;
  return names.map(([field, placeholder]) => {
    const mayHideFromDenial = denials.some((topic) => topic.includes(placeholder));
    const dangerous = { regex: mayHideFromDenial ? HIDES : HOLDS_WILDCARD };
    return { line, rule: { name: `${file}: dangerous ${field}`, deny: 'all', who: { [field]: dangerous } } };
  });
}
