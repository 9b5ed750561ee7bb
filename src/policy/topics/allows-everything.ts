/** Finds policies that allow everything to everyone, which are refused unless that is said in so many words. */

import { atOnce, type Steps } from '../../lib/steps.ts';
import { caller, type Subject } from '../subject.ts';
import { type CompiledRule, type CompiledTopic, compileRule } from './compiled-rule.ts';
import type { Action, Rule, Verdict } from './rule.ts';
import { matches, overlaps } from './topic-filter.ts';

/** A level that no rule names. */
const UNNAMED = 'a-level-that-no-rule-names';

/** Clients with no special property: no tag, no certificate, an address from the ranges for documentation. */
const nobodies: readonly Subject[] = ['203.0.113.7', '2001:db8::7'].flatMap((peerhost) =>
  ['', 'a-user-that-no-rule-names'].map((username) => ({
    clientid: 'a-client-that-no-rule-names',
    username,
    peerhost,
    cn: '',
  })),
);

/**
 * Would a client with no special property be allowed to publish and to subscribe to every topic?
 *
 * Topics that begin with `$` are left out of account: a policy that keeps `$SYS` for itself and allows the rest
 * still allows everything. So are `{ eq }` denials: who may not subscribe to `#` may to `+/#`. Any other denial
 * makes the answer no. `otherwise: ignore` leaves the broker to decide, and is no allowance of ours.
 */
export function allowsEverything(rules: readonly Rule[], otherwise: Verdict | 'ignore'): boolean {
  // What their conditions say does not matter here.
  const compiled = rules.map(({ when, ...rule }) => ({ ...compileRule(rule), rule: { ...rule, when } }));
  return atOnce(allowsEverythingSteps(compiled, otherwise));
}

/** The same of compiled rules, rule by rule. */
export function* allowsEverythingSteps(
  compiled: readonly CompiledRule[],
  otherwise: Verdict | 'ignore',
): Steps<boolean> {
  for (const nobody of nobodies) {
    const concerned = yield* rulesFor(nobody, compiled);
    const publish = yield* allowsAll(concerned, 'publish', otherwise);
    if (publish && (yield* allowsAll(concerned, 'subscribe', otherwise))) return true;
  }
  return false;
}

/** An allowance on a condition is no allowance of everything; a denial on one is a denial of something. */
function* rulesFor(nobody: Subject, rules: readonly CompiledRule[]): Steps<readonly CompiledRule[]> {
  const concerned: CompiledRule[] = [];
  for (const compiled of rules) {
    const { isFor, rule, verdict } = compiled;
    const isSure = rule.when === undefined || verdict === 'deny';
    if (isSure && (isFor === undefined || isFor(caller(nobody)))) concerned.push(compiled);
    yield;
  }
  return concerned;
}

function* allowsAll(
  rules: readonly CompiledRule[],
  action: Action,
  otherwise: Verdict | 'ignore',
): Steps<boolean> {
  const open = new Set(yield* unnamedTopics(rules));
  for (const rule of rules) {
    yield;
    if (!rule[action]) continue;
    if (rule.verdict === 'deny') {
      if (deniesSome(rule)) return false;
    } else {
      for (const topic of open) if (allowsUnnamed(rule, action, topic)) open.delete(topic);
    }
    if (open.size === 0) return true;
  }
  return otherwise === 'allow';
}

/**
 * One topic of each number of levels that any filter can tell apart. Only wildcards match them, so that filters
 * which match them all match every topic, alone or together (`+` and `+/+/#`).
 */
function* unnamedTopics(rules: readonly CompiledRule[]): Steps<string[]> {
  let depth = 1;
  for (const { topics = [] } of rules) {
    for (const { levels } of topics) depth = Math.max(depth, levels.length);
    yield;
  }
  return Array.from({ length: depth + 1 }, (_, i) => new Array(i + 1).fill(UNNAMED).join('/'));
}

function deniesSome({ topics }: CompiledRule): boolean {
  return topics?.some((topic) => !topic.literal && overlaps('#', skeleton(topic))) ?? true;
}

function allowsUnnamed({ topics }: CompiledRule, action: Action, unnamed: string): boolean {
  // To subscribe to the literal filter `#` is to get everything; to publish to it is impossible.
  const counts = (topic: CompiledTopic) => !topic.literal || action === 'subscribe';
  return topics?.some((topic) => counts(topic) && matches(skeleton(topic), unnamed)) ?? true;
}

/** The filter as it is for a client of whom nothing is known: a placeholder is some text. */
function skeleton({ levels }: CompiledTopic): string {
  return levels.map((level) => (typeof level === 'string' ? level : 'some-value')).join('/');
}
