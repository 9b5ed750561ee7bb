/**
 * Which rules a message matches, by its topic and sender: all of them, in order. A hundred rules that do not match
 * cost about what one costs, since they stand in the same index as authorization rules.
 */
import { type CompiledRule, compileRule } from '../compiled-rule.ts';
import type { UnsafeValue } from '../placeholders.ts';
import { buildIndex, forEachShelf } from '../rule-index.ts';
import { askPublish } from '../rule-search.ts';
import type { Search } from '../rule-trie.ts';
import { type Caller, caller, type Subject } from '../subject.ts';
import { type MessageRule, selectionOf } from './rule.ts';

export interface Selection {
  /** Places of the rules that match, in order. */
  readonly rules: readonly number[];
  /** Values that could not stand in a filter; rules that need them do not match. */
  readonly notes: readonly UnsafeValue[];
}

export type Select = (sender: Subject, topic: string) => Selection;

/** @throws TypeError for a rule that `findMessageRuleProblems` objects to. */
export function compileSelection(rules: readonly MessageRule[]): Select {
  const compiled = rules.map((rule) => compileRule(selectionOf(rule)));
  const index = buildIndex(compiled);
  return (sender, topic) => {
    const collector = new Collector(compiled, sender);
    const levels = topic.split('/');
    forEachShelf(index, collector.caller, (shelf) => askPublish(shelf, levels, collector));
    return collector.selection();
  };
}

const nothing: Selection = { rules: [], notes: [] };

/** A search that takes no candidate for the answer, and so comes by all of them. */
class Collector implements Search {
  readonly best = Number.POSITIVE_INFINITY;
  readonly subject: Subject;
  readonly caller: Caller;
  readonly #rules: readonly CompiledRule[];
  #found: number[] | undefined;
  #notes: UnsafeValue[] | undefined;

  constructor(rules: readonly CompiledRule[], sender: Subject) {
    this.#rules = rules;
    this.subject = sender;
    this.caller = caller(sender);
  }

  isFor(rule: number): boolean {
    const test = this.#rules[rule]?.isFor;
    if (test !== undefined && !test(this.caller)) return false;
    this.#found ??= [];
    // Two filters of one rule may match.
    if (!this.#found.includes(rule)) this.#found.push(rule);
    return false;
  }

  note(value: UnsafeValue): void {
    this.#notes ??= [];
    if (!this.#notes.some(({ variable }) => variable === value.variable)) this.#notes.push(value);
  }

  selection(): Selection {
    if (this.#found === undefined && this.#notes === undefined) return nothing;
    return { rules: this.#found?.sort((a, b) => a - b) ?? [], notes: this.#notes ?? [] };
  }
}
