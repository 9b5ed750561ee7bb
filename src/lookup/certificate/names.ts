/** Compiles conditions on the names of a certificate. */

import type { NameConditions } from '../../policy/login/login-by-name.ts';
import { compileText } from '../../policy/text/text-template.ts';
import type { TextCondition } from '../../policy/topics/rule.ts';

/** The placeholders in templates of certificates. */
export const nameTemplateNames = ['clientid', 'username'] as const;

/** Reports whether it is a template such as `${clientid}`. */
export function isNameTemplate(condition: TextCondition): condition is string {
  return typeof condition === 'string' && condition.includes('${');
}

/** Compiles alternatives, one of which must match; `undefined` when there are none. */
export function compileNames(
  conditions: TextCondition | readonly TextCondition[] | undefined,
): NameConditions | undefined {
  if (conditions === undefined) return undefined;
  return ([conditions].flat() as TextCondition[]).map((condition) =>
    isNameTemplate(condition) ? compileText(condition, nameTemplateNames) : condition,
  );
}
