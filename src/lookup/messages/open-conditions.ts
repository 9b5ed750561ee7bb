/**
 * Loads the condition language when a rule needs it, and finds problems in the conditions of authorization
 * rules.
 */
import type { Steps } from '../../lib/steps.ts';
import type { CompileCondition } from '../../policy/condition.ts';
import { actionVariables } from '../../policy/condition-variables.ts';
import type { Rule } from '../../policy/topics/rule.ts';
import type { PolicyConfig } from '../policy/open-policy.ts';
import { describeProblem } from '../policy/policy-error.ts';

type Sections = Pick<PolicyConfig, 'authorize' | 'publish'>;

/** Returns nothing when no rule has a condition. */
export async function openConditionsFor({
  authorize,
  publish,
}: Sections): Promise<CompileCondition | undefined> {
  const rules: readonly { readonly when?: string | undefined }[] = [
    ...(authorize?.rules ?? []),
    ...(publish?.rules ?? []),
  ];
  if (rules.every(({ when }) => when === undefined)) return undefined;
  const { openConditions } = await import('../../payload/conditions/open.ts');
  return await openConditions();
}

/** Yields each problem with the place of its rule. */
export function* conditionProblems(
  rules: readonly Rule[],
  compile: CompileCondition | undefined,
): Steps<readonly string[]> {
  const problems: string[] = [];
  for (const [i, { when }] of rules.entries()) {
    yield;
    const condition = when === undefined ? undefined : compile?.(when, actionVariables);
    if (condition === undefined || !('problem' in condition)) continue;
    problems.push(...describeProblem(new TypeError(condition.problem), ['authorize', 'rules', i, 'when']));
  }
  return problems;
}
