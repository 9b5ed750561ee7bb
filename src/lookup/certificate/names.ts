/** Compiles conditions on the names of a certificate. */

import type { NameConditions } from '../../policy/login/login-by-name.ts';
import { compileText } from '../../policy/text/text-template.ts';
import type { TextCondition } from '../../policy/topics/rule.ts';

/** What templates of certificates may name. */
export const nameTemplateNames = ['clientid', 'username'] as const;

/** Is it a template such as `${clientid}`, and no plain condition? */
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
