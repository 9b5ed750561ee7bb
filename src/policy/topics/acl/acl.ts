/** What reading an ACL file of another broker gives: all of its rules, or all of its problems. */
import type { Rule } from '../rule.ts';
import { findRuleProblems } from '../rule-check.ts';

export interface AclProblem {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly message: string;
}

/** Nothing is loaded by half. */
export type Acl = { readonly rules: readonly Rule[] } | { readonly problems: readonly AclProblem[] };

/** A rule and the line it stands on. */
export interface LinedRule {
  readonly line: number;
  readonly rule: Rule;
}

/** The rules, or what is wrong with them and with the lines that gave none. */
export function finish(lined: readonly LinedRule[], problems: readonly AclProblem[]): Acl {
  const all = [...problems, ...lined.flatMap(problemsOf)].sort((a, b) => a.line - b.line);
  return all.length > 0 ? { problems: all } : { rules: lined.map(({ rule }) => rule) };
}

function problemsOf({ line, rule }: LinedRule): AclProblem[] {
  return findRuleProblems(rule).map(({ message }) => ({ line, message }));
}
