/**
 * May this client publish to this topic, or subscribe to this topic filter? The first rule that is hit decides.
 *
 * | | publish | subscribe |
 * |---|---|---|
 * | `allow` | a filter matches the topic | a filter covers **every** topic of the requested filter |
 * | `deny` | a filter matches the topic | a filter overlaps the requested filter at all |
 * | `{ eq }` | the text equals the topic | the text equals the requested filter |
 *
 * A topic or filter with a prefix such as `$share/group/` is judged by what the broker makes of it.
 */

import { atOnce, type Steps } from '../../lib/steps.ts';
import { type CompileCondition, conditionWork, type FailedCondition } from '../condition.ts';
import { judgeReadings } from '../login/judge-readings.ts';
import type { Subject } from '../subject.ts';
import { type CompiledRule, compileSteps } from './compiled-rule.ts';
import type { UnsafeValue } from './placeholders.ts';
import type { Action, Rule, Verdict } from './rule.ts';
import { indexSteps } from './rule-index.ts';
import { RuleSearch } from './rule-search.ts';
import { readTopic } from './topic-prefix.ts';

/** What the rules say. Without a verdict no rule was hit, and `otherwise` decides. */
export type Judgement = {
  /** Values that could not stand in a filter, once for each variable; rules that need them were passed over. */
  readonly notes: readonly UnsafeValue[];
  /** Conditions that failed: their rules were passed over, or were hit if they deny and it could not be told. */
  readonly conditions?: readonly FailedCondition[];
  /** No rule was hit, and nobody knows which topics the filter stands for: `otherwise` does not apply. */
  readonly isUnknown?: true;
} & (
  | {
      readonly verdict: Verdict;
      readonly rule: Rule /** Place in the list, from 0. */;
      readonly index: number;
    }
  | { readonly verdict: undefined }
);

/**
 * Judges one request. For `subscribe` the topic is a filter.
 *
 * @param version of the broker, as it says it; it decides what prefixes such as `$queue/` mean. Default: not known.
 */
export type Authorize = (subject: Subject, action: Action, topic: string, version?: string) => Judgement;

/**
 * Compiles rules.
 *
 * @param conditions needed when a rule has `when`.
 * @throws TypeError for a rule that `findRuleProblems` objects to, or with a condition that is wrong: check rules
 *   that come from outside first.
 */
export function compileRules(rules: readonly Rule[], conditions?: CompileCondition): Authorize {
  return atOnce(judgeSteps(atOnce(compileSteps(rules, conditions))));
}

/** The last part of it, for rules that are compiled. */
export function* judgeSteps(compiled: readonly CompiledRule[]): Steps<Authorize> {
  const index = yield* indexSteps(compiled);
  return (subject, action, topic, version = '') => {
    const readings = readTopic(action, topic, version);
    const work = conditionWork();
    const begin = () => new RuleSearch(compiled, index, subject, action, work);
    if (readings === undefined) {
      const search = begin();
      search.ask(topic);
      return search.judgement();
    }
    return judgeReadings(readings, (asked) => {
      const search = begin();
      search.askReading(asked);
      return search.judgement();
    });
  };
}
