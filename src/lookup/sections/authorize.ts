import * as z from 'zod';
import { choice, expects, section, text, whenValid, yesOrNo } from '../../lib/schema/builders.ts';
import { allowsEverything } from '../../policy/topics/allows-everything.ts';
import { RuleSchema } from '../../policy/topics/rule-schema.ts';
import { mode, onError, otherwise } from './authenticate.ts';
import { Grants } from './grants.ts';

const path = (example: string) => text('a path', `a path such as ${example}`);

const Source = section(
  () => ({
    mosquitto: path('./mosquitto.acl').optional().describe('An acl_file of mosquitto.'),
    emqx: path('./acl.conf').optional().describe("EMQX's acl.conf."),
    securityProfile: choice(['legacy', 'hardened'])
      .optional()
      .describe(
        'The security profile of the broker, for rules of acl.conf with {security_profile, ..}. Default: legacy.',
      ),
    allowEmpty: yesOrNo()
      .optional()
      .describe(
        'Whether the file may become empty while the server runs. Default: false: then its rules stay.',
      ),
  }),
  'a source',
)
  .refine(({ mosquitto, emqx }) => (mosquitto === undefined) !== (emqx === undefined), {
    when: whenValid,
    error: 'is not one source; write mosquitto: PATH or emqx: PATH behind each "-"',
  })
  .refine(({ mosquitto, securityProfile }) => mosquitto === undefined || securityProfile === undefined, {
    when: whenValid,
    path: ['securityProfile'],
    error: 'is for emqx: PATH; remove it',
  });
export type SourceSection = z.output<typeof Source>;

/** What is wrong with a policy that lets everyone do everything. */
export const EVERYTHING =
  'allows every topic to everyone; write narrower rules, or iKnowThisAllowsEveryone: true if that is what you want';

export const Authorize = section(() => ({
  rules: z
    .array(RuleSchema, { error: expects('a list', 'rules, each behind a "-", such as - allow: publish') })
    .prefault([])
    .describe(
      'Rules in order: the first that is hit decides; docs/policies.md explains them. There are none by default.',
    ),
  sources: z
    .array(Source, { error: expects('a list', 'files, such as - mosquitto: ./mosquitto.acl') })
    .prefault([])
    .describe(
      'ACL files of other brokers, asked in order after the rules, and read again when they change. There are none by default.',
    ),
  grants: Grants.prefault({}).describe('What clients were granted at login, by a token or an HTTP service.'),
  otherwise: otherwise
    .prefault('deny')
    .describe(
      "What becomes of a request that no rule hits; ignore keeps the broker's own result, which is authorization.no_match when nothing else decided. The default is deny.",
    ),
  onError: onError
    .prefault('deny')
    .describe(
      'What becomes of a request that cannot be decided; error ends the call with a status, and failed_action of the broker decides. The default is deny.',
    ),
  mode: mode
    .prefault('enforce')
    .describe(
      "shadow decides, logs and counts, and leaves the broker's own result as it is. The default is enforce.",
    ),
  strict: yesOrNo()
    .prefault(false)
    .describe(
      'Refuses rules that rely on a user name or client id for which a method of authenticate does not vouch, since clients choose such names; without it they are warned of. The rules of publish count, too. The default is false, for configurations that were written before it; write true in new ones.',
    ),
  iKnowThisAllowsEveryone: yesOrNo()
    .prefault(false)
    .describe(
      'Accepts a policy that allows every topic to everyone. Such a policy is refused by default, since it is mostly a mistake.',
    ),
})).superRefine((policy, context) => {
  // With files, the whole is judged when they are read.
  if (context.issues.length > 0 || policy.iKnowThisAllowsEveryone || policy.sources.length > 0) return;
  if (allowsEverything(policy.rules, policy.otherwise))
    context.addIssue({ code: 'custom', message: EVERYTHING });
});
export type Authorize = z.output<typeof Authorize>;
