import * as z from 'zod';
import { choice, expects, section, wholeNumber } from '../../lib/schema/builders.ts';
import { size } from '../../lib/schema/units.ts';
import { findMessageRuleProblems } from '../../policy/messages/rule-check.ts';
import { mode } from './authenticate.ts';
import { MessageRule } from './publish-rule.ts';

const Limits = section(() => ({
  maxBytes: size({ min: 1, max: 256 * 2 ** 20, reads: 'from 1B to 256MiB' })
    .prefault('1MiB')
    .describe('The maximum size of a payload that is decoded or encoded, in bytes. The default is 1MiB.'),
  maxDepth: wholeNumber('a depth', 1, 512)
    .prefault(64)
    .describe('The maximum nesting of lists and objects in a payload. The default is 64.'),
  maxItems: wholeNumber('a number of items', 1, 10_000_000)
    .prefault(100_000)
    .describe('The most list items and fields in a payload, in total. The default is 100000.'),
}));

export const Publish = section(() => ({
  rules: z
    .array(MessageRule, { error: expects('a list', 'rules, each after a "-", such as - topics: a/#') })
    .prefault([])
    .superRefine((rules, context) => {
      if (context.issues.length > 0) return;
      for (const { path, message } of findMessageRuleProblems(rules))
        context.addIssue({ code: 'custom', path: [...path], message });
    })
    .describe(
      'Rules in order: all that match apply, until one has final: true or stops the message; see docs/messages.md. None by default.',
    ),
  onError: choice(['pass', 'drop'])
    .prefault('pass')
    .describe(
      'What happens to a message when a rule fails, or when it cannot be decided: pass lets it pass unchanged, drop stops it. The default is pass.',
    ),
  mode: mode
    .prefault('enforce')
    .describe(
      'shadow decides, logs and counts, and lets every message pass unchanged. The default is enforce.',
    ),
  at: choice(['publish', 'ingress', 'auto'])
    .prefault('publish')
    .describe(
      'Where the rules judge messages of clients: publish is message.publish, just before the message is routed; ingress is message.ingress of EMQX 6.3 and later, before the message is authorized, retained and acknowledged; auto is ingress where the broker supports it. Brokers without it use message.publish; ingress warns of that. The default is publish.',
    ),
  ingressDrop: choice(['silent', 'disconnect'])
    .prefault('silent')
    .describe(
      'What happens to a message that a rule drops at message.ingress: silent acknowledges it (0x10 in MQTT 5) without routing it, but the broker keeps a retained message; disconnect refuses it and disconnects its client. The default is silent.',
    ),
  ingress: choice(['auto', 'always', 'never'])
    .prefault('auto')
    .describe(
      'Which brokers are asked to call message.ingress: auto means EMQX 6.3.0 and later; always is for custom builds that have it under another version. A broker without it rejects the whole hook list. The default is auto.',
    ),
  limits: Limits.prefault({}).describe('Limits for each payload.'),
})).superRefine(({ rules, at }, context) => {
  if (at === 'publish' || context.issues.length > 0) return;
  rules.forEach(({ set }, i) => {
    if (set?.qos === undefined) return;
    const message = `cannot be changed at message.ingress (publish.at: ${at}): its publisher would never get an acknowledgement; remove it, or write publish.at: publish`;
    context.addIssue({ code: 'custom', path: ['rules', i, 'set', 'qos'], message });
  });
});
export type Publish = z.output<typeof Publish>;
