/** The method `anonymous`: clients without a user name. */
import type * as z from 'zod';
import { section } from '../../lib/schema/builders.ts';
import { findRuleProblems } from '../../policy/topics/rule-check.ts';
import { WhoSchema } from '../../policy/topics/rule-schema.ts';
import { tags } from '../methods/option-parts.ts';

export const Anonymous = section(() => ({
  who: WhoSchema.optional().describe(
    'Conditions on the client. When absent: every client without a user name.',
  ),
  tags: tags.describe('Tags of clients that this method admits.'),
})).superRefine(({ who }, context) => {
  if (who === undefined || context.issues.length > 0) return;
  for (const { path: at, message } of findRuleProblems({ allow: 'all', who }))
    context.addIssue({ code: 'custom', path: [...at], message });
});
export type Anonymous = z.output<typeof Anonymous>;
