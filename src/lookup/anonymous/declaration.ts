/** The method `anonymous`: admits clients without a user name. */
import type * as z from 'zod';
import { section } from '../../lib/schema/builders.ts';
import { allowsEveryLogin } from '../../policy/login/allows-every-login.ts';
import { findRuleProblems } from '../../policy/topics/rule-check.ts';
import { WhoSchema } from '../../policy/topics/rule-schema.ts';
import { declare, defineLoginMethod } from '../methods/kind.ts';
import { EVERYONE, tags } from '../methods/option-parts.ts';

const Anonymous = section(() => ({
  who: WhoSchema.optional().describe(
    'Conditions on the client. When absent: every client without a user name.',
  ),
  tags: tags.describe('Tags of clients that this method admits.'),
})).superRefine(({ who }, context) => {
  if (who === undefined || context.issues.length > 0) return;
  for (const { path: at, message } of findRuleProblems({ allow: 'all', who }))
    context.addIssue({ code: 'custom', path: [...at], message });
});
export type AnonymousOptions = z.output<typeof Anonymous>;

export const anonymous = defineLoginMethod({
  name: 'anonymous',
  summary: 'Clients without a user name.',
  options: Anonymous,
  load: () => import('./open.ts').then(({ openAnonymous }) => openAnonymous),
  vouches: { username: 'yes: there is none', clientid: 'no' },
  // It applies to clients without a user name.
  bindsNames: () => ['username'],
  usesNames: () => [],
  advise: (name) => `write ${declare(name)} if something in front of this server guarantees it`,
  admitsEveryone: ({ who }) => (allowsEveryLogin(who) ? EVERYONE : undefined),
  needsNoPassword: () => true,
});
