/** Stands for the tags and rules of a client whose login was not recorded. */

import type { CompileCondition } from '../../policy/condition.ts';
import type { Tags } from '../../policy/login/tags.ts';
import type { Granted } from '../../policy/policy.ts';
import { type Authorize, compileRules, type Judgement } from '../../policy/topics/authorize.ts';
import { type Rule, verdictOf } from '../../policy/topics/rule.ts';
import type { Gaps } from './gaps.ts';

/** Grants that record who uses them. */
export class UnknownGrants {
  readonly #gaps: Gaps;
  #isRead = false;
  readonly #tags: Tags;

  constructor(gaps: Gaps) {
    this.#gaps = gaps;
    const read = (): void => {
      this.#isRead = true;
    };
    this.#tags = new Proxy(Object.create(null) as Tags, {
      get: read as () => undefined,
      getOwnPropertyDescriptor: read as () => undefined,
      has: () => {
        read();
        return false;
      },
      ownKeys: () => {
        read();
        return [];
      },
    });
  }

  /** Unknown tags, and rules without a verdict. */
  get granted(): Granted {
    const judge: Authorize = () => {
      this.#gaps.hasAskedGrants = true;
      return { verdict: undefined, notes: [] };
    };
    return { tags: this.#tags, judge, isExpired: false };
  }

  /**
   * Judges by the rules; each rule that uses these tags and could apply is recorded as a gap. Other clients
   * are judged as usual.
   */
  judge(rules: readonly Rule[], conditions: CompileCondition | undefined, judge: Authorize): Authorize {
    let single: readonly Authorize[] | undefined;
    return (subject, action, topic, version) => {
      if (subject.tags !== this.#tags) return judge(subject, action, topic, version);
      single ??= rules.map((rule) => compileRules([outOfTheIndex(rule)], conditions));
      const looked: Rule[] = [];
      let judgement: Judgement = { verdict: undefined, notes: [] };
      for (const [index, ask] of single.entries()) {
        const rule = rules[index] as Rule;
        this.#isRead = false;
        const found = ask(subject, action, topic, version);
        if (this.#isRead) looked.push(rule);
        else if (found.verdict === undefined) {
          if (found.isUnknown) judgement = { ...judgement, isUnknown: true };
        } else {
          judgement = { ...found, rule, index };
          break;
        }
      }
      // Their possible verdicts equal the actual one.
      if (looked.every((rule) => verdictOf(rule) === judgement.verdict)) return judgement;
      for (const rule of looked)
        this.#gaps.add({
          needs: 'the tags of the login',
          signature: JSON.stringify({ ...rule, name: null }),
        });
      return judgement;
    };
  }
}

/** A rule indexed by its tag would use the tags whatever the topic. */
function outOfTheIndex(rule: Rule): Rule {
  const { who } = rule;
  return typeof who?.tag === 'string' ? { ...rule, who: { ...who, tag: [who.tag] } } : rule;
}
