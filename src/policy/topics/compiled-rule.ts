/** A compiled rule: topic filters split into levels, conditions compiled into one test. */

import { mapSteps, type Steps } from '../../lib/steps.ts';
import { compileWho, type WhoTest } from '../client-match.ts';
import type { CompileCondition, Condition } from '../condition.ts';
import { type ActionInput, actionVariables } from '../condition-variables.ts';
import type { Subject } from '../subject.ts';
import {
  type Part,
  parseTemplate,
  substituteParts,
  type Template,
  type UnsafeValue,
} from './placeholders.ts';
import { concerns, listOf, type Rule, type TopicCondition, type Verdict, verdictOf } from './rule.ts';
import { findRuleProblems } from './rule-check.ts';

/** A level of a topic filter: a text (including `+` and `#`), or the parts of a level with placeholders. */
export type Level = string | LevelTemplate;

export interface LevelTemplate {
  /** The level as written. */
  readonly source: string;
  readonly parts: readonly Part[];
  /** First level of its filter, where a value must not begin with `$`. */
  readonly first: boolean;
  /** A value may contain "/", so it may fill several levels. */
  readonly slash: boolean;
}

export interface CompiledTopic {
  /** From `{ eq }`: wildcards are literal. */
  readonly literal: boolean;
  readonly slash: boolean;
  readonly template: Template;
  readonly levels: readonly Level[];
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly verdict: Verdict;
  readonly publish: boolean;
  readonly subscribe: boolean;
  /** Absent for a rule that applies to every client. */
  readonly isFor: WhoTest | undefined;
  /** Evaluated if the client and the topic match. */
  readonly when: Condition<ActionInput> | undefined;
  /** Absent for a rule on every topic. */
  readonly topics: readonly CompiledTopic[] | undefined;
}

/** Compiles rules one at a time. @param compile Default: {@link compileRule}. */
export function compileSteps(
  rules: readonly Rule[],
  conditions?: CompileCondition,
  compile: typeof compileRule = compileRule,
): Steps<readonly CompiledRule[]> {
  return mapSteps(rules, (rule) => compile(rule, conditions));
}

/**
 * Compiles a rule.
 *
 * @param conditions required for a rule with `when`.
 * @param ifTooCostly as for `compileWho`: a denial holds if its condition is undecided.
 * @throws TypeError if `findRuleProblems` finds a problem in the rule, or its condition is invalid.
 */
export function compileRule(
  rule: Rule,
  conditions?: CompileCondition,
  ifTooCostly = verdictOf(rule) === 'deny',
): CompiledRule {
  const [problem] = findRuleProblems(rule);
  if (problem !== undefined) throw new TypeError([...problem.path, problem.message].join(': '));
  return compileChecked(rule, conditions, ifTooCostly);
}

/** Like `compileRule`, for a rule without problems (`findRuleProblems`). */
export function compileChecked(
  rule: Rule,
  conditions?: CompileCondition,
  ifTooCostly = verdictOf(rule) === 'deny',
): CompiledRule {
  const slash = rule.placeholders?.slash === true;
  return {
    rule,
    verdict: verdictOf(rule),
    publish: concerns(rule, 'publish'),
    subscribe: concerns(rule, 'subscribe'),
    isFor: rule.who === undefined ? undefined : compileWho(rule.who, ifTooCostly),
    when: rule.when === undefined ? undefined : compileWhen(rule.when, conditions),
    topics:
      rule.topics === undefined ? undefined : listOf(rule.topics).map((topic) => compileTopic(topic, slash)),
  };
}

function compileWhen(source: string, conditions: CompileCondition | undefined): Condition<ActionInput> {
  if (conditions === undefined) throw new TypeError('when: the language of conditions is not loaded');
  const condition = conditions(source, actionVariables);
  if ('problem' in condition) throw new TypeError(`when: ${condition.problem}`);
  return condition;
}

function compileTopic(topic: TopicCondition, slash: boolean): CompiledTopic {
  const literal = typeof topic !== 'string';
  const template = parseTemplate(literal ? topic.eq : topic);
  if ('problem' in template) throw new TypeError(template.problem);
  return { literal, slash, template, levels: splitLevels(template.parts, slash) };
}

/** Splits a template at its slashes. Values add slashes only if the rule allows it: see `substituteParts`. */
function splitLevels(parts: readonly Part[], slash: boolean): readonly Level[] {
  const levels: Part[][] = [[]];
  for (const part of parts) {
    if (typeof part !== 'string') {
      levels.at(-1)?.push(part);
      continue;
    }
    for (const [i, text] of part.split('/').entries()) {
      if (i > 0) levels.push([]);
      if (text !== '') levels.at(-1)?.push(text);
    }
  }
  return levels.map((level, i) => makeLevel(level, i === 0, slash));
}

function makeLevel(parts: readonly Part[], first: boolean, slash: boolean): Level {
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  const source = parts
    .map((part) => (typeof part === 'string' ? escapeText(part) : `\${${part.name}}`))
    .join('');
  return { source, parts, first, slash };
}

/** Distinguishes placeholders from literal texts that look the same: levels with one source are one level. */
function escapeText(text: string): string {
  return text.replaceAll('${', '${$}{');
}

/** Fills in the subject's values, or returns why they are not allowed. */
export function fillLevel(level: LevelTemplate, subject: Subject): string | UnsafeValue {
  return substituteParts(level.parts, subject, level.first, level.slash);
}
