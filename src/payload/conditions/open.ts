/** Loads the library of conditions, only if a rule has a condition. */
import type { CompileCondition } from '../../policy/condition.ts';

export async function openConditions(): Promise<CompileCondition> {
  const { compileCondition } = await import('./compile.ts');
  return compileCondition;
}
