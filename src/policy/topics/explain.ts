/**
 * Explains why a request is allowed or denied: every rule in turn, and why it was not hit.
 *
 * This is the reference implementation of a policy. `compileRules` is the fast one; tests compare their verdicts.
 */

import { compileWho } from '../client-match.ts';
import { askCondition, type CompileCondition } from '../condition.ts';
import { type Asked, judgeReadings } from '../login/judge-readings.ts';
import { type Caller, caller, type Subject } from '../subject.ts';
import { type CompiledTopic, compileRule } from './compiled-rule.ts';
import { substitute } from './placeholders.ts';
import { type Action, labelOf, type Rule, type Verdict, verdictOf } from './rule.ts';
import { covers, matches, overlaps } from './topic-filter.ts';
import { type Readings, readTopic } from './topic-prefix.ts';

/** An unmet part of a rule, and why. */
export interface Miss {
  readonly condition: 'action' | 'who' | 'topics' | 'when';
  readonly message: string;
}

/** The result of one rule. */
export interface Step {
  readonly index: number;
  /** The rule's name, or its position from 1. */
  readonly label: string;
  readonly rule: Rule;
  /** Empty: the rule was hit. */
  readonly misses: readonly Miss[];
}

export interface Explanation {
  readonly verdict: Verdict | undefined;
  /** The rule that decided. */
  readonly decided: Step | undefined;
  /** The rules before it, in order; all rules if none decided. */
  readonly passedOver: readonly Step[];
  /** Rules for this action that missed exactly one condition. */
  readonly close: readonly Step[];
  /** Readings of a topic with a prefix; the steps belong to the reading that decided. */
  readonly readings: Readings | undefined;
  /** See `Judgement.isUnknown`. */
  readonly isUnknown?: true;
}

/**
 * Evaluates the rules in order until one is hit.
 *
 * @param conditions required if a rule has `when`.
 * @param version of the broker. Default: not known.
 */
export function explain(
  rules: readonly Rule[],
  subject: Subject,
  action: Action,
  topic: string,
  conditions?: CompileCondition,
  version = '',
): Explanation {
  const who = caller(subject);
  const readings = readTopic(action, topic, version);
  const find = (rule: Rule, asked: string) => [...findMisses(rule, who, action, asked, conditions)];
  if (readings === undefined) return { ...findFirst(rules, (rule) => find(rule, topic)), readings };
  return {
    ...judgeReadings(readings, (asked) => explainReading(rules, asked, who, find, conditions)),
    readings,
  };
}

type Find = (rule: Rule, asked: string) => readonly Miss[];

/** Evaluates one reading of a topic with a prefix, like `RuleSearch.askReading`. */
function explainReading(
  rules: readonly Rule[],
  { topic, named }: Asked,
  who: Caller,
  find: Find,
  conditions: CompileCondition | undefined,
): Found {
  if (topic !== undefined) {
    return findFirst(rules, (rule) => {
      const isNamed = named !== undefined && rule.topics !== undefined && find(rule, named).length === 0;
      return isNamed ? [] : find(rule, topic);
    });
  }
  const asItStands = findFirst(rules, (rule) => find(rule, named));
  if (asItStands.decided?.rule.topics !== undefined) return asItStands;
  return findFirst(rules, (rule) => findMissesOfAnything(rule, who, (each) => find(each, named), conditions));
}

/** A subscription that may be to any topic overlaps every denial. */
function findMissesOfAnything(
  rule: Rule,
  who: Caller,
  find: (rule: Rule) => readonly Miss[],
  conditions: CompileCondition | undefined,
): readonly Miss[] {
  const { topics: _, when, ...rest } = rule;
  const compiled = compileRule(rule, conditions);
  const mayHold = compiled.verdict === 'deny' && compiled.when?.uses.has('topic') === true;
  const misses = find(when === undefined || mayHold ? rest : { ...rest, when });
  if (compiled.topics === undefined) return misses;
  const isUsed = compiled.topics.some(
    ({ template, slash }) => typeof substitute(template, who.subject, slash) === 'string',
  );
  if (compiled.verdict === 'deny' && isUsed) return misses;
  const message = 'does not name the prefix of the filter, whose topics are unknown';
  return [...misses, { condition: 'topics', message }];
}

type Found = Omit<Explanation, 'readings' | 'isUnknown'>;

function findFirst(rules: readonly Rule[], find: (rule: Rule) => readonly Miss[]): Found {
  const passedOver: Step[] = [];
  for (const [index, rule] of rules.entries()) {
    const step = { index, label: labelOf(rule, index), rule, misses: find(rule) };
    if (step.misses.length > 0) passedOver.push(step);
    else return { verdict: verdictOf(rule), decided: step, passedOver, close: passedOver.filter(isClose) };
  }
  return { verdict: undefined, decided: undefined, passedOver, close: passedOver.filter(isClose) };
}

function isClose({ misses }: Step): boolean {
  return misses.length === 1 && misses[0]?.condition !== 'action';
}

/** Finds why a rule is not hit. */
export function* findMisses(
  rule: Rule,
  who: Caller,
  action: Action,
  asked: string,
  conditions?: CompileCondition,
): Iterable<Miss> {
  const compiled = compileRule(rule, conditions);
  if (!compiled[action]) yield { condition: 'action', message: `is about ${rule.allow ?? rule.deny}` };
  if (compiled.isFor?.(who) === false) yield { condition: 'who', message: whoMessage(rule, who) };
  const reasons = compiled.topics?.map((topic) =>
    findTopicMiss(topic, compiled.verdict, who.subject, action, asked),
  );
  const missed = reasons?.filter((reason) => reason !== undefined);
  if (reasons !== undefined && reasons.length === missed?.length)
    yield { condition: 'topics', message: missed.join('; ') };
  if (compiled.when === undefined) return;
  let why = `when does not hold: ${rule.when}`;
  const input = { subject: who.subject, action, topic: asked };
  const held = askCondition(compiled.when, input, (reason) => {
    why = `when failed: ${reason}`;
  });
  if (held !== true && !(held === 'unknown' && compiled.verdict === 'deny'))
    yield { condition: 'when', message: why };
}

/** Lists the conditions that do not hold, with the client's values. */
function whoMessage(rule: Rule, whom: Caller): string {
  const { who = {} } = rule;
  const { subject } = whom;
  const has: Readonly<Record<string, string>> = {
    username: quoted(subject.username),
    clientid: quoted(subject.clientid),
    cert_common_name: quoted(subject.cn),
    address: quoted(subject.peerhost),
    tag: Object.keys(subject.tags ?? {}).join(', ') || 'none',
  };
  const failed = Object.entries(who).filter(
    ([field, value]) =>
      value !== undefined && !compileWho({ [field]: value }, verdictOf(rule) === 'deny')(whom),
  );
  return failed
    .map(([field, value]) => {
      const wanted = `${field} ${JSON.stringify(value)}`;
      return has[field] === undefined
        ? `${wanted} does not hold`
        : `wants ${wanted}, the client has ${has[field]}`;
    })
    .join('; ');
}

function quoted(text: string): string {
  return text === '' ? 'none' : `"${text}"`;
}

/** Returns why a topic condition is not hit, or `undefined` if it is. */
function findTopicMiss(
  { literal, slash, template }: CompiledTopic,
  verdict: Verdict,
  subject: Subject,
  action: Action,
  asked: string,
): string | undefined {
  const filter = substitute(template, subject, slash);
  if (typeof filter !== 'string')
    return `"${template.source}" is not used: ${filter.variable} ${filter.reason}`;
  if (literal) return filter === asked ? undefined : `"${asked}" does not equal "${filter}"`;
  if (action === 'publish')
    return matches(filter, asked) ? undefined : `"${filter}" does not match "${asked}"`;
  if (verdict === 'deny')
    return overlaps(filter, asked) ? undefined : `"${filter}" does not overlap "${asked}"`;
  if (covers(filter, asked)) return undefined;
  const nearly = overlaps(filter, asked) ? ', only part of it' : '';
  return `"${filter}" does not cover "${asked}"${nearly}`;
}
