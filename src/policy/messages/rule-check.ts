/** Checks message rules of valid shape when they are loaded. Each problem has a path and advice. */
import { parseTemplate } from '../topics/placeholders.ts';
import { listOf, type Who } from '../topics/rule.ts';
import { findRuleProblems, type RuleProblem } from '../topics/rule-check.ts';
import { parsePath } from './path.ts';
import { codecLabel, givesValue, type MessageRule, type PayloadCodecSpec, selectionOf } from './rule.ts';
import { namesField, parseMessageTemplate } from './template.ts';
import { findPublishTopicProblem } from './topic.ts';

type Path = RuleProblem['path'];

/** Returns all problems; none if the rules can be compiled. Paths begin with the index of the rule. */
export function findMessageRuleProblems(rules: readonly MessageRule[]): RuleProblem[] {
  let hasView = false;
  return rules.flatMap((rule, i) => {
    hasView ||= rule.decode !== undefined && listOf(rule.decode).some(givesValue);
    return [...ruleProblems(rule, hasView)].map(({ path, message }) => ({ path: [i, ...path], message }));
  });
}

/** @param hasView whether this rule or an earlier one decodes the payload to a value. */
function* ruleProblems(rule: MessageRule, hasView: boolean): Iterable<RuleProblem> {
  const { decode, require: must, set, encode, drop, stop, who } = rule;
  if ([decode, must, set, encode, drop, stop].every((part) => part === undefined))
    yield { path: [], message: 'does nothing; write decode, require, set, encode, drop or stop' };
  yield* findRuleProblems(selectionOf(rule));
  if (who !== undefined) yield* whoProblems(who, ['who']);
  yield* topicProblems(rule);
  if (decode !== undefined) yield* decodeProblems(listOf(decode));
  if (encode !== undefined) yield* encodeProblems(listOf(encode), hasView);
  if (must !== undefined) yield* requireProblems(must, hasView);
  if (set !== undefined) yield* setProblems(set, hasView);
  if (drop !== undefined && (set !== undefined || encode !== undefined))
    yield {
      path: ['drop'],
      message: 'drops the message, so set and encode have no effect; remove one of them',
    };
}

const UNKNOWN = 'not part of a message; brokers send the client id, and usually the user name and address';

/** A condition on an unknown property of the sender never holds, and its `not` always does. */
function* whoProblems(who: Who, path: Path): Iterable<RuleProblem> {
  for (const field of ['cert_common_name', 'tag'] as const)
    if (who[field] !== undefined) yield { path: [...path, field], message: UNKNOWN };
  for (const field of ['all', 'any'] as const)
    for (const [i, part] of (who[field] ?? []).entries()) yield* whoProblems(part, [...path, field, i]);
  if (who.not !== undefined) yield* whoProblems(who.not, [...path, 'not']);
}

function* topicProblems({ topics = [] }: MessageRule): Iterable<RuleProblem> {
  for (const [i, topic] of listOf(topics).entries()) {
    const template = parseTemplate(typeof topic === 'string' ? topic : topic.eq);
    if ('problem' in template) continue;
    const path = Array.isArray(topics) ? ['topics', i] : ['topics'];
    for (const part of template.parts)
      if (typeof part !== 'string' && !['clientid', 'username'].includes(part.name))
        yield { path, message: `\${${part.name}}: ${UNKNOWN}` };
  }
}

function* decodeProblems(chain: readonly PayloadCodecSpec[]): Iterable<RuleProblem> {
  const value = chain.findIndex(givesValue);
  const extra = chain[value + 1];
  if (value !== -1 && extra !== undefined)
    yield {
      path: ['decode', value + 1],
      message: `nothing is left for ${codecLabel(extra)} to read: after ${codecLabel(chain[value] as PayloadCodecSpec)} the payload is a value`,
    };
}

function* encodeProblems(chain: readonly PayloadCodecSpec[], hasView: boolean): Iterable<RuleProblem> {
  for (const [i, codec] of chain.entries()) {
    if (i > 0 && givesValue(codec))
      yield {
        path: ['encode', i],
        message: `${codecLabel(codec)} takes a value: put it first in the list`,
      };
  }
  const [first] = chain;
  if (first !== undefined && givesValue(first) && !hasView)
    yield { path: ['encode'], message: `${codecLabel(first)} takes a value: ${DECODE}` };
}

const DECODE = 'add decode to this rule or to an earlier one, such as decode: json';

function* requireProblems(
  { payload, qos, schema, schemaFormats }: NonNullable<MessageRule['require']>,
  hasView: boolean,
): Iterable<RuleProblem> {
  if ([payload, qos, schema].every((part) => part === undefined))
    yield { path: ['require'], message: 'requires nothing; write payload, qos or schema' };
  const { minBytes, maxBytes } = payload ?? {};
  if (minBytes !== undefined && maxBytes !== undefined && minBytes > maxBytes)
    yield {
      path: ['require', 'payload', 'minBytes'],
      message: 'is larger than maxBytes: no payload meets both',
    };
  if (schema !== undefined && !hasView)
    yield { path: ['require', 'schema'], message: `needs the decoded payload: ${DECODE}` };
  if (schemaFormats !== undefined && schema === undefined)
    yield { path: ['require', 'schemaFormats'], message: 'applies to schema: add schema, or remove this' };
}

function* setProblems(set: NonNullable<MessageRule['set']>, hasView: boolean): Iterable<RuleProblem> {
  const { topic, qos, payload, remove } = set;
  if ([topic, qos, payload, remove].every((part) => part === undefined))
    yield { path: ['set'], message: 'sets nothing; write topic, qos, payload or remove' };
  if (topic !== undefined) {
    yield* templateProblems(topic, ['set', 'topic'], hasView);
    yield* literalTopicProblems(topic);
  }
  if (typeof qos === 'string') yield* templateProblems(qos, ['set', 'qos'], hasView);
  if (typeof payload === 'string') yield* templateProblems(payload, ['set', 'payload'], hasView);
  else if (payload !== undefined) yield* fieldsProblems(payload, hasView);
  for (const [i, source] of listOf(remove ?? []).entries()) {
    const place = Array.isArray(remove) ? ['set', 'remove', i] : ['set', 'remove'];
    yield* pathProblems(source, place);
  }
  if (remove !== undefined && !hasView)
    yield { path: ['set', 'remove'], message: `needs fields of the payload: ${DECODE}` };
}

function* fieldsProblems(fields: Readonly<Record<string, unknown>>, hasView: boolean): Iterable<RuleProblem> {
  if (!hasView) yield { path: ['set', 'payload'], message: `needs fields of the payload: ${DECODE}` };
  for (const [source, value] of Object.entries(fields)) {
    yield* pathProblems(source, ['set', 'payload', source]);
    yield* valueProblems(value, ['set', 'payload', source], hasView);
  }
}

function* pathProblems(source: string, path: Path): Iterable<RuleProblem> {
  const parsed = source === '' ? { problem: 'must not be empty' } : parsePath(source);
  if ('problem' in parsed) yield { path, message: parsed.problem };
}

function* valueProblems(value: unknown, path: Path, hasView: boolean): Iterable<RuleProblem> {
  if (typeof value === 'string') yield* templateProblems(value, path, hasView);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      if (key === '__proto__') yield { path, message: '"__proto__" is not allowed as a field name' };
      yield* valueProblems(item, [...path, key], hasView);
    }
  else if (!isScalar(value)) yield { path, message: 'is not a JSON value' };
}

/** Excludes NaN and infinities, which YAML has. A bigint has at most 64 bits. */
function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || typeof value === 'bigint' || Number.isFinite(value);
}

function* templateProblems(source: string, path: Path, hasView: boolean): Iterable<RuleProblem> {
  const template = parseMessageTemplate(source);
  if ('problem' in template) yield { path, message: template.problem };
  else if (namesField(template) && !hasView)
    yield { path, message: `names a field of the payload: ${DECODE}` };
}

/** Problems that exist whatever the placeholders contain. */
function* literalTopicProblems(source: string): Iterable<RuleProblem> {
  const template = parseMessageTemplate(source);
  if ('problem' in template) return;
  const sample = template.parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  const problem = findPublishTopicProblem(sample, true);
  if (problem !== undefined) yield { path: ['set', 'topic'], message: `is not a topic: it ${problem}` };
}
