/** Finds policies that allow everything to everyone. They are rejected unless the configuration allows this explicitly. */

import { atOnce, type Steps } from '../../lib/steps.ts';
import { caller, type Subject } from '../subject.ts';
import { type CompiledRule, type CompiledTopic, compileRule } from './compiled-rule.ts';
import type { Action, Rule, Verdict } from './rule.ts';
import { matches, overlaps } from './topic-filter.ts';

/** A level that does not occur in any rule. */
const UNNAMED = 'a-level-that-no-rule-names';

/** Clients without special properties: no tag, no certificate, an address from the documentation ranges. */
const nobodies: readonly Subject[] = ['203.0.113.7', '2001:db8::7'].flatMap((peerhost) =>
  ['', 'a-user-that-no-rule-names'].map((username) => ({
    clientid: 'a-client-that-no-rule-names',
    username,
    peerhost,
    cn: '',
  })),
);

/**
 * Reports whether a client without special properties may publish and subscribe to every topic.
 *
 * Topics that begin with `$` are ignored: a policy that denies only `$SYS` still allows everything. `{ eq }` denials are
 * ignored, too: a client that may not subscribe to `#` may subscribe to `+/#`. Any other denial makes the result false.
 * `otherwise: ignore` leaves the decision to the broker and does not count as allowing.
 */
export function allowsEverything(rules: readonly Rule[], otherwise: Verdict | 'ignore'): boolean {
  // Their conditions do not matter here.
  const compiled = rules.map(({ when, ...rule }) => ({ ...compileRule(rule), rule: { ...rule, when } }));
  return atOnce(allowsEverythingSteps(compiled, otherwise));
}

/** Like `allowsEverything`, for compiled rules, one rule at a time. */
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

/** A conditional allow rule does not allow everything; a conditional deny rule denies something. */
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
 * Returns one topic for each number of levels that a filter can distinguish. Only wildcards match them. If filters match
 * them all, alone or together (`+` and `+/+/#`), they match every topic.
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
  // A subscription to the literal filter `#` receives everything; publishing to it is impossible.
  const counts = (topic: CompiledTopic) => !topic.literal || action === 'subscribe';
  return topics?.some((topic) => counts(topic) && matches(skeleton(topic), unnamed)) ?? true;
}

/** Renders the filter for an unknown client: a placeholder becomes an arbitrary text. */
function skeleton({ levels }: CompiledTopic): string {
  return levels.map((level) => (typeof level === 'string' ? level : 'some-value')).join('/');
}
