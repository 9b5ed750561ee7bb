/** Searches the compiled rules for the first that is hit by a topic, or by any reading of it. */

import { askCondition, type ConditionWork, type FailedCondition } from '../condition.ts';
import type { Asked } from '../login/judge-readings.ts';
import { type Caller, caller, type Subject } from '../subject.ts';
import type { Judgement } from './authorize.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { UnsafeValue } from './placeholders.ts';
import { type Action, labelOf } from './rule.ts';
import { forEachShelf, type RuleIndex, type Shelf } from './rule-index.ts';
import {
  findCovering,
  findEqual,
  findMatching,
  findOverlapping,
  type Search,
  take,
  takeAll,
} from './rule-trie.ts';

const noNotes: readonly UnsafeValue[] = [];

export class RuleSearch implements Search {
  best = Number.POSITIVE_INFINITY;
  readonly subject: Subject;
  readonly caller: Caller;
  readonly #rules: readonly CompiledRule[];
  readonly #index: RuleIndex;
  readonly #action: Action;
  readonly #work: ConditionWork;
  #topic = '';
  /** The topic may be any: search for denials only. */
  #isAnyTopic = false;
  #notes: UnsafeValue[] | undefined;
  #conditions: FailedCondition[] | undefined;

  constructor(
    rules: readonly CompiledRule[],
    index: RuleIndex,
    subject: Subject,
    action: Action,
    work: ConditionWork,
  ) {
    this.#rules = rules;
    this.#index = index;
    this.subject = subject;
    this.#action = action;
    this.#work = work;
    this.caller = caller(subject);
  }

  /** Searches all rules by a topic, or by a filter without a prefix. */
  ask(topic: string): void {
    this.#visit(topic, this.#action === 'publish' ? askPublish : askSubscribe);
  }

  /** Searches by one reading of a topic with a prefix. */
  askReading({ topic, named }: Asked): void {
    if (topic === undefined) this.#askAnything(named);
    else {
      if (named !== undefined)
        this.#visit(named, this.#action === 'publish' ? askPublishNamed : askSubscribeNamed);
      this.ask(topic);
    }
  }

  #askAnything(named: string): void {
    this.ask(named);
    if (this.#rules[this.best]?.topics !== undefined) return;
    this.#isAnyTopic = true;
    this.#visit(named, (shelf) => {
      take(shelf.everySubscribe, this);
      if (shelf.overlapping !== undefined) takeAll(shelf.overlapping, false, this);
      if (shelf.equalSubscribe !== undefined) takeAll(shelf.equalSubscribe, false, this);
    });
    this.#isAnyTopic = false;
  }

  #visit(topic: string, ask: Ask): void {
    this.#topic = topic;
    const levels = topic.split('/');
    forEachShelf(this.#index, this.caller, (shelf) => ask(shelf, levels, this));
  }

  isFor(index: number): boolean {
    const rule = this.#rules[index];
    if (this.#isAnyTopic && rule?.verdict !== 'deny') return false;
    if (rule?.isFor !== undefined && !rule.isFor(this.caller)) return false;
    return rule?.when === undefined || this.#meets(rule, index);
  }

  #meets({ when, rule, verdict }: CompiledRule, index: number): boolean {
    if (when === undefined) return true;
    // The condition on the topic holds for one of the possible topics.
    if (this.#isAnyTopic && when.uses.has('topic')) return true;
    const input = { subject: this.subject, action: this.#action, topic: this.#topic };
    const held = askCondition(when, input, (reason) => this.#fail(labelOf(rule, index), reason), this.#work);
    // An undecided denial holds.
    return held === 'unknown' ? verdict === 'deny' : held;
  }

  /** A rule may occur more than once. */
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

type Ask = (shelf: Shelf, levels: readonly string[], search: Search) => void;

/** Searches a shelf for rules that a published topic hits. */
export function askPublish(shelf: Shelf, levels: readonly string[], search: Search): void {
  take(shelf.everyPublish, search);
  askPublishNamed(shelf, levels, search);
}

function askPublishNamed(shelf: Shelf, levels: readonly string[], search: Search): void {
  if (shelf.matching !== undefined) findMatching(shelf.matching, levels, 0, search);
  if (shelf.equalPublish !== undefined) findEqual(shelf.equalPublish, levels, 0, search);
}

function askSubscribe(shelf: Shelf, levels: readonly string[], search: Search): void {
  take(shelf.everySubscribe, search);
  askSubscribeNamed(shelf, levels, search);
}

function askSubscribeNamed(shelf: Shelf, levels: readonly string[], search: Search): void {
  if (shelf.covering !== undefined) findCovering(shelf.covering, levels, 0, search);
  if (shelf.overlapping !== undefined) findOverlapping(shelf.overlapping, levels, 0, search);
  if (shelf.equalSubscribe !== undefined) findEqual(shelf.equalSubscribe, levels, 0, search);
}
