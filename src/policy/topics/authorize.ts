/**
 * Decides whether a client may publish to a topic or subscribe to a topic filter. The first rule that is hit decides.
 *
 * | | publish | subscribe |
 * |---|---|---|
 * | `allow` | a filter matches the topic | a filter covers **every** topic of the requested filter |
 * | `deny` | a filter matches the topic | a filter overlaps the requested filter at all |
 * | `{ eq }` | the text equals the topic | the text equals the requested filter |
 *
 * A topic or filter with a prefix such as `$share/group/` is judged by its meaning for the broker.
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

/** The result of the rules. Without a verdict no rule was hit, and `otherwise` decides. */
export type Judgement = {
  /** Values not allowed in a filter, once per variable. Rules that need them were skipped. */
  readonly notes: readonly UnsafeValue[];
  /** Failed conditions. Their rules were skipped; deny rules were hit if the result was `unknown`. */
  readonly conditions?: readonly FailedCondition[];
  /** No rule was hit, and the topics of the filter are unknown: `otherwise` does not apply. */
  readonly isUnknown?: true;
} & (
  | {
      readonly verdict: Verdict;
      readonly rule: Rule /** Index in the list, from 0. */;
      readonly index: number;
    }
  | { readonly verdict: undefined }
);

/**
 * Judges one request. For `subscribe`, the topic is a filter.
 *
 * @param version of the broker, as reported; it decides the meaning of prefixes such as `$queue/`. Default: unknown.
 */
export type Authorize = (subject: Subject, action: Action, topic: string, version?: string) => Judgement;

/**
 * Compiles rules.
 *
 * @param conditions required if a rule has `when`.
 * @throws TypeError if `findRuleProblems` finds a problem in a rule, or a condition is invalid. Check rules from outside
 *   first.
 */
export function compileRules(rules: readonly Rule[], conditions?: CompileCondition): Authorize {
  return atOnce(judgeSteps(atOnce(compileSteps(rules, conditions))));
}

/** The last step of `compileRules`, for compiled rules. */
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
