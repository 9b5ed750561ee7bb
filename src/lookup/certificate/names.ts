/** Conditions on the names of a certificate, compiled. */

import type { NameConditions } from '../../policy/login/login-by-name.ts';
import { compileText } from '../../policy/text/text-template.ts';
import type { TextCondition } from '../../policy/topics/rule.ts';
import { isNameTemplate, nameTemplateNames } from './declaration.ts';

/** One of them must hold; `undefined` when there are none. */
export function compileNames(
  conditions: TextCondition | readonly TextCondition[] | undefined,
): NameConditions | undefined {
  if (conditions === undefined) return undefined;
  return ([conditions].flat() as TextCondition[]).map((condition) =>
    isNameTemplate(condition) ? compileText(condition, nameTemplateNames) : condition,
  );
}
