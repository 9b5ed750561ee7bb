/**
 * May this client publish to this topic, or subscribe to this topic filter? The first rule that is hit decides.
 *
 * | | publish | subscribe |
 * |---|---|---|
 * | `allow` | a filter matches the topic | a filter covers **every** topic of the requested filter |
 * | `deny` | a filter matches the topic | a filter overlaps the requested filter at all |
 * | `{ eq }` | the text equals the topic | the text equals the requested filter |
 */
import { type CompiledRule, compileRule } from './compiled-rule.ts';
import { type CompileCondition, type FailedCondition, holds } from './condition.ts';
import type { UnsafeValue } from './placeholders.ts';
import { type Action, labelOf, type Rule, type Verdict } from './rule.ts';
import { buildIndex, forEachShelf, type Shelf } from './rule-index.ts';
import { findCovering, findEqual, findMatching, findOverlapping, type Search, take } from './rule-trie.ts';
import { type Caller, caller, type Subject } from './subject.ts';
import { stripShare } from './topic-filter.ts';

/** What the rules say. Without a verdict no rule was hit, and `otherwise` decides. */
export type Judgement = {
  /** Values that could not stand in a filter, once for each variable; rules that need them were passed over. */
  readonly notes: readonly UnsafeValue[];
  /** Conditions that failed: their rules were passed over. */
  readonly conditions?: readonly FailedCondition[];
} & (
  | {
      readonly verdict: Verdict;
      readonly rule: Rule /** Place in the list, from 0. */;
      readonly index: number;
    }
  | { readonly verdict: undefined }
);

/** Judges one request. For `subscribe` the topic is a filter, with or without `$share/group/`. */
export type Authorize = (subject: Subject, action: Action, topic: string) => Judgement;

const noNotes: readonly UnsafeValue[] = [];

/**
 * Compiles rules.
 *
 * @param conditions needed when a rule has `when`.
 * @throws TypeError for a rule that `findRuleProblems` objects to, or with a condition that is wrong: check rules
 *   that come from outside first.
 */
export function compileRules(rules: readonly Rule[], conditions?: CompileCondition): Authorize {
  const compiled = rules.map((rule) => compileRule(rule, conditions));
  const index = buildIndex(compiled);
  return (subject, action, topic) => {
    const asked = action === 'publish' ? topic : stripShare(topic);
    const search = new RuleSearch(compiled, subject, action, asked);
    const levels = asked.split('/');
    const ask = action === 'publish' ? askPublish : askSubscribe;
    forEachShelf(index, search.caller, (shelf) => ask(shelf, levels, search));
    return search.judgement();
  };
}

class RuleSearch implements Search {
  best = Number.POSITIVE_INFINITY;
  readonly subject: Subject;
  readonly #rules: readonly CompiledRule[];
  readonly #action: Action;
  readonly #topic: string;
  readonly caller: Caller;
  #notes: UnsafeValue[] | undefined;
  #conditions: FailedCondition[] | undefined;

  constructor(rules: readonly CompiledRule[], subject: Subject, action: Action, topic: string) {
    this.#rules = rules;
    this.subject = subject;
    this.#action = action;
    this.#topic = topic;
    this.caller = caller(subject);
  }

  isFor(index: number): boolean {
    const rule = this.#rules[index];
    if (rule?.isFor !== undefined && !rule.isFor(this.caller)) return false;
    return rule?.when === undefined || this.#meets(rule, index);
  }

  #meets({ when, rule }: CompiledRule, index: number): boolean {
    const input = { subject: this.subject, action: this.#action, topic: this.#topic };
    return when === undefined || holds(when, input, (reason) => this.#fail(labelOf(rule, index), reason));
  }

  /** A rule may be a candidate more than once. */
  #fail(rule: string, reason: string): void {
    this.#conditions ??= [];
    if (!this.#conditions.some((failed) => failed.rule === rule)) this.#conditions.push({ rule, reason });
  }

  note(value: UnsafeValue): void {
    this.#notes ??= [];
    if (!this.#notes.some(({ variable }) => variable === value.variable)) this.#notes.push(value);
  }

  judgement(): Judgement {
    const notes = this.#notes ?? noNotes;
    const conditions = this.#conditions && { conditions: this.#conditions };
    const decided = this.#rules[this.best];
    if (decided === undefined) return { verdict: undefined, notes, ...conditions };
    return { verdict: decided.verdict, rule: decided.rule, index: this.best, notes, ...conditions };
  }
}

/** Asks a shelf for the rules that a published topic hits. */
export function askPublish(shelf: Shelf, levels: readonly string[], search: Search): void {
  take(shelf.everyPublish, search);
  if (shelf.matching !== undefined) findMatching(shelf.matching, levels, 0, search);
  if (shelf.equalPublish !== undefined) findEqual(shelf.equalPublish, levels, 0, search);
}

function askSubscribe(shelf: Shelf, levels: readonly string[], search: RuleSearch): void {
  take(shelf.everySubscribe, search);
  if (shelf.covering !== undefined) findCovering(shelf.covering, levels, 0, search);
  if (shelf.overlapping !== undefined) findOverlapping(shelf.overlapping, levels, 0, search);
  if (shelf.equalSubscribe !== undefined) findEqual(shelf.equalSubscribe, levels, 0, search);
}
