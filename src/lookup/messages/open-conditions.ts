/** The language of conditions, loaded when a rule has one, and what is wrong with those of authorization rules. */
import type { Config } from '../../config/schema.ts';
import type { CompileCondition } from '../../policy/condition.ts';
import { actionVariables } from '../../policy/condition-variables.ts';
import type { Rule } from '../../policy/rule.ts';
import type { Steps } from '../../policy/steps.ts';
import { describeProblem } from '../policy/policy-error.ts';

type Sections = Pick<Config, 'authorize' | 'publish'>;

/** Nothing when no rule has a condition. */
export async function openConditionsFor({
  authorize,
  publish,
}: Sections): Promise<CompileCondition | undefined> {
  const rules: readonly { readonly when?: string | undefined }[] = [
    ...(authorize?.rules ?? []),
    ...(publish?.rules ?? []),
  ];
  if (rules.every(({ when }) => when === undefined)) return undefined;
  const { openConditions } = await import('../../condition/open.ts');
  return await openConditions();
}

/** Each with the place of its rule. */
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
