/**
 * Finds all rules that match a message by topic and sender, in order. A hundred rules that do not match cost about as
 * much as one, because they share the index of authorization rules.
 */

import { atOnce, type Steps } from '../../lib/steps.ts';
import { compileWho, type WhoTest } from '../client-match.ts';
import { type Caller, caller, type Subject } from '../subject.ts';
import { type CompiledRule, compileRule } from '../topics/compiled-rule.ts';
import type { UnsafeValue } from '../topics/placeholders.ts';
import { forEachShelf, indexSteps } from '../topics/rule-index.ts';
import { askPublish } from '../topics/rule-search.ts';
import type { Search } from '../topics/rule-trie.ts';
import { type MessageRule, mayDrop, selectionOf } from './rule.ts';

export interface Selection {
  /** Indices of the matching rules, in order. */
  readonly rules: readonly number[];
  /** Values that are not allowed in a filter. Rules that need them do not match. */
  readonly notes: readonly UnsafeValue[];
  /** Rules for which it is unknown whether they apply to the sender. They check and do nothing else. */
  readonly doubtful?: readonly number[];
}

export type Select = (sender: Subject, topic: string) => Selection;

/** @throws TypeError if `findMessageRuleProblems` finds a problem in the rule. */
export function compileSelection(rules: readonly MessageRule[]): Select {
  return atOnce(selectionSteps(rules));
}

/** Like `compileSelection`, one rule at a time. */
export function* selectionSteps(rules: readonly MessageRule[]): Steps<Select> {
  const compiled: CompiledRule[] = [];
  const certain: (WhoTest | undefined)[] = [];
  for (const rule of rules) {
    compiled.push(compileRule(selectionOf(rule), undefined, mayDrop(rule)));
    certain.push(compileCertain(rule));
    yield;
  }
  const index = yield* indexSteps(compiled);
  return (sender, topic) => {
    const collector = new Collector(compiled, certain, sender);
    const levels = topic.split('/');
    forEachShelf(index, collector.caller, (shelf) => askPublish(shelf, levels, collector));
    return collector.selection();
  };
}

/** For a doubtful rule: reports whether it surely applies to the sender. A rule that drops does so in doubt. */
function compileCertain(rule: MessageRule): WhoTest | undefined {
  const { who, drop } = rule;
  if (who === undefined || drop !== undefined || !mayDrop(rule) || !hasRegex(who)) return undefined;
  return compileWho(who, false);
}

function hasRegex(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  return 'regex' in part || Object.values(part).some(hasRegex);
}

const nothing: Selection = { rules: [], notes: [] };

/** A search that accepts no candidate and thereby visits all of them. */
class Collector implements Search {
  readonly best = Number.POSITIVE_INFINITY;
  readonly subject: Subject;
  readonly caller: Caller;
  readonly #rules: readonly CompiledRule[];
  readonly #certain: readonly (WhoTest | undefined)[];
  #doubtful: number[] | undefined;
  #found: number[] | undefined;
  #notes: UnsafeValue[] | undefined;

  constructor(rules: readonly CompiledRule[], certain: readonly (WhoTest | undefined)[], sender: Subject) {
    this.#rules = rules;
    this.#certain = certain;
    this.subject = sender;
    this.caller = caller(sender);
  }

  isFor(rule: number): boolean {
    const test = this.#rules[rule]?.isFor;
    if (test !== undefined && !test(this.caller)) return false;
    this.#found ??= [];
    // Two filters of one rule may match.
    if (this.#found.includes(rule)) return false;
    this.#found.push(rule);
    if (this.#certain[rule]?.(this.caller) === false) this.#doubt(rule);
    return false;
  }

  #doubt(rule: number): void {
    this.#doubtful ??= [];
    this.#doubtful.push(rule);
  }

  note(value: UnsafeValue): void {
    this.#notes ??= [];
    if (!this.#notes.some(({ variable }) => variable === value.variable)) this.#notes.push(value);
  }

  selection(): Selection {
    if (this.#found === undefined && this.#notes === undefined) return nothing;
    return {
      rules: this.#found?.sort((a, b) => a - b) ?? [],
      notes: this.#notes ?? [],
      ...(this.#doubtful && { doubtful: this.#doubtful }),
    };
  }
}
