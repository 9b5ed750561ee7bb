/** Finds conditions of routes that cannot be compiled, before anything is opened. */
import type { RouteSection } from '../config/sections/routes.ts';
import { eventVariables } from '../policy/condition-variables.ts';

/** A line for each, with the key to change. CEL is loaded only if there is a condition. */
export async function findConditionProblems(routes: readonly RouteSection[]): Promise<string[]> {
  if (routes.every(({ when }) => when === undefined)) return [];
  const { openConditions } = await import('../payload/conditions/open.ts');
  const compile = await openConditions();
  return routes.flatMap(({ when }, i) => {
    const compiled = when === undefined ? undefined : compile(when, eventVariables);
    return compiled !== undefined && 'problem' in compiled
      ? [`events.routes[${i}].when: ${compiled.problem}`]
      : [];
  });
}
