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
        'Whether the file may become empty while the server runs. Default: false, which keeps the previous rules.',
      ),
  }),
  'a source',
)
  .refine(({ mosquitto, emqx }) => (mosquitto === undefined) !== (emqx === undefined), {
    when: whenValid,
    error: 'is not one source; write mosquitto: PATH or emqx: PATH after each "-"',
  })
  .refine(({ mosquitto, securityProfile }) => mosquitto === undefined || securityProfile === undefined, {
    when: whenValid,
    path: ['securityProfile'],
    error: 'is for emqx: PATH; remove it',
  });
export type SourceSection = z.output<typeof Source>;

/** The error for a policy that allows everything to everyone. */
export const EVERYTHING =
  'allows every topic to everyone; write narrower rules, or iKnowThisAllowsEveryone: true if you intend that';

export const Authorize = section(() => ({
  rules: z
    .array(RuleSchema, { error: expects('a list', 'rules, each after a "-", such as - allow: publish') })
    .prefault([])
    .describe('Rules in order: the first match decides; see docs/policies.md. None by default.'),
  sources: z
    .array(Source, { error: expects('a list', 'files, such as - mosquitto: ./mosquitto.acl') })
    .prefault([])
    .describe(
      'ACL files of other brokers, checked in order after the rules, and reloaded when they change. None by default.',
    ),
  grants: Grants.prefault({}).describe('Grants that clients get at login, from a token or an HTTP service.'),
  otherwise: otherwise
    .prefault('deny')
    .describe(
      "The answer for a request that no rule matches; ignore keeps the broker's own result, which is authorization.no_match when nothing else decided. The default is deny.",
    ),
  onError: onError
    .prefault('deny')
    .describe(
      'The answer for a request that cannot be decided. With error, the call ends with a status, and failed_action of the broker decides. The default is deny.',
    ),
  mode: mode
    .prefault('enforce')
    .describe("shadow decides, logs and counts, but keeps the broker's own result. The default is enforce."),
  strict: yesOrNo()
    .prefault(false)
    .describe(
      'Refuses rules that rely on a user name or client id for which a method of authenticate does not vouch, because clients can choose such names; when false, such rules only cause a warning. Also applies to the rules of publish. The default is false, for older configurations; write true in new ones.',
    ),
  iKnowThisAllowsEveryone: yesOrNo()
    .prefault(false)
    .describe(
      'Accepts a policy that allows every topic to everyone. Such a policy is rejected by default, because it is mostly a mistake.',
    ),
})).superRefine((policy, context) => {
  // With files, the whole policy is checked when they are read.
  if (context.issues.length > 0 || policy.iKnowThisAllowsEveryone || policy.sources.length > 0) return;
  if (allowsEverything(policy.rules, policy.otherwise))
    context.addIssue({ code: 'custom', message: EVERYTHING });
});
export type Authorize = z.output<typeof Authorize>;
