/** The method `certificate`: names of the client's TLS certificate. */
import * as z from 'zod';
import { expects, section, whenValid } from '../../lib/schema/builders.ts';
import { compileText } from '../../policy/text/text-template.ts';
import type { TextCondition } from '../../policy/topics/rule.ts';
import { findTextProblem } from '../../policy/topics/rule-check.ts';
import { TextConditionSchema } from '../../policy/topics/rule-schema.ts';
import { problemOf, tags } from '../methods/option-parts.ts';

/** A condition of a certificate: with `${` a template, else a condition on the text. */
const NameCondition = TextConditionSchema.superRefine((condition, context) => {
  const message = findNameProblem(condition);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function findNameProblem(condition: TextCondition): string | undefined {
  if (!isNameTemplate(condition)) return findTextProblem(condition);
  return problemOf(() => compileText(condition, nameTemplateNames));
}

/** What templates of certificates may name. */
export const nameTemplateNames = ['clientid', 'username'] as const;

/** Is it a template such as `${clientid}`, and no plain condition? */
export function isNameTemplate(condition: TextCondition): condition is string {
  return typeof condition === 'string' && condition.includes('${');
}

const nameConditions = z
  .union([NameCondition, z.array(NameCondition).min(1)], {
    error: expects(
      'a condition',
      'a text, a template such as "${clientid}", { like }, { regex }, or a list of them',
    ),
  })
  .optional();

export const Certificate = section(() => ({
  commonName: nameConditions.describe(
    'The common name: a text, a template such as "${clientid}", { like }, { regex }, or a list of which one must hold.',
  ),
  subject: nameConditions.describe('The same for the whole subject (DN).'),
  tags: tags.describe('Tags of clients that this method admits.'),
})).refine(({ commonName, subject }) => commonName !== undefined || subject !== undefined, {
  when: whenValid,
  error: 'needs commonName or subject: the broker checks who signed, not whom it is for',
});
export type Certificate = z.output<typeof Certificate>;
