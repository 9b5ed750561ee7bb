/** Names that a condition or a template determines: it holds for one user name or one client id only. */
import type { TextTemplate } from '../text/text-template.ts';
import type { TextCondition } from '../topics/rule.ts';
import { type BoundName, boundNames } from './bound-names.ts';

/**
 * Returns the name that a template determines: its only placeholder. With two placeholders, `a-b` and `c` produce the
 * same text as `a` and `b-c`.
 */
export function nameInTemplate({ parts }: Pick<TextTemplate, 'parts'>): BoundName | undefined {
  const names = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name]));
  const [only] = names;
  return names.length === 1 ? boundNames.find((name) => name === only) : undefined;
}

/** Names determined by alternative conditions: those that every condition determines. */
export function namesInConditions(
  conditions: readonly (TextCondition | TextTemplate)[] | undefined,
): readonly BoundName[] {
  const [first, ...others] = (conditions ?? []).map((condition) =>
    typeof condition === 'object' && 'parts' in condition ? nameInTemplate(condition) : undefined,
  );
  return first !== undefined && others.every((name) => name === first) ? [first] : [];
}
