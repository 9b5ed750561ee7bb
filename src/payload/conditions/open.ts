/** Loads the library of conditions: only when a rule has one. */
import type { CompileCondition } from '../../policy/condition.ts';

export async function openConditions(): Promise<CompileCondition> {
  const { compileCondition } = await import('./compile.ts');
  return compileCondition;
}
