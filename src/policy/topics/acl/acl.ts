/** The result of reading another broker's ACL file: all rules or all problems. */
import type { Rule } from '../rule.ts';
import { findRuleProblems } from '../rule-check.ts';

export interface AclProblem {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly message: string;
}

/** A file is loaded completely or not at all. */
export type Acl = { readonly rules: readonly Rule[] } | { readonly problems: readonly AclProblem[] };

/** A rule and its line. */
export interface LinedRule {
  readonly line: number;
  readonly rule: Rule;
}

/** Returns the rules, or all problems of the rules and of unreadable lines. */
export function finish(lined: readonly LinedRule[], problems: readonly AclProblem[]): Acl {
  const all = [...problems, ...lined.flatMap(problemsOf)].sort((a, b) => a.line - b.line);
  return all.length > 0 ? { problems: all } : { rules: lined.map(({ rule }) => rule) };
}

function problemsOf({ line, rule }: LinedRule): AclProblem[] {
  return findRuleProblems(rule).map(({ message }) => ({ line, message }));
}
