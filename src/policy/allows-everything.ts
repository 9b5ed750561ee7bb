/** Finds policies that allow everything to everyone, which are refused unless that is said in so many words. */
import { type CompiledRule, type CompiledTopic, compileRule } from './compiled-rule.ts';
import type { Action, Rule, Verdict } from './rule.ts';
import { caller, type Subject } from './subject.ts';
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
  // An allowance on a condition is no allowance of everything; a denial on one is a denial of something.
  const compiled = rules
    .filter(({ when, allow }) => when === undefined || allow === undefined)
    .map(({ when: _, ...rule }) => compileRule(rule));
  return nobodies.some((nobody) => {
    const concerned = compiled.filter(({ isFor }) => isFor?.(caller(nobody)) ?? true);
    return (['publish', 'subscribe'] as const).every((action) => allowsAll(concerned, action, otherwise));
  });
}

function allowsAll(rules: readonly CompiledRule[], action: Action, otherwise: Verdict | 'ignore'): boolean {
  const open = new Set(unnamedTopics(rules));
  for (const rule of rules) {
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
function unnamedTopics(rules: readonly CompiledRule[]): string[] {
  const depths = rules.flatMap(({ topics }) => topics?.map(({ levels }) => levels.length) ?? []);
  const depth = depths.reduce((most, levels) => Math.max(most, levels), 1);
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
