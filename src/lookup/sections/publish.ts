import * as z from 'zod';
import { choice, expects, section, wholeNumber } from '../../lib/schema/builders.ts';
import { size } from '../../lib/schema/units.ts';
import { findMessageRuleProblems } from '../../policy/messages/rule-check.ts';
import { mode } from './authenticate.ts';
import { MessageRule } from './publish-rule.ts';

const Limits = section(() => ({
  maxBytes: size({ min: 1, max: 256 * 2 ** 20, reads: 'from 1B to 256MiB' })
    .prefault('1MiB')
    .describe('The most bytes of a payload that is decoded or encoded. The default is 1MiB.'),
  maxDepth: wholeNumber('a depth', 1, 512)
    .prefault(64)
    .describe('How deeply lists and objects of a payload may nest. The default is 64.'),
  maxItems: wholeNumber('a number of items', 1, 10_000_000)
    .prefault(100_000)
    .describe('The most list items and fields of a payload, all together. The default is 100000.'),
}));

export const Publish = section(() => ({
  rules: z
    .array(MessageRule, { error: expects('a list', 'rules, each behind a "-", such as - topics: a/#') })
    .prefault([])
    .superRefine((rules, context) => {
      if (context.issues.length > 0) return;
      for (const { path, message } of findMessageRuleProblems(rules))
        context.addIssue({ code: 'custom', path: [...path], message });
    })
    .describe(
      'Rules in order: all that match apply, until one ends it; docs/messages.md explains them. There are none by default.',
    ),
  onError: choice(['pass', 'drop'])
    .prefault('pass')
    .describe(
      'What becomes of a message to which a rule cannot be applied, or that cannot be decided here: pass lets it go on as it came, drop stops it. The default is pass.',
    ),
  mode: mode
    .prefault('enforce')
    .describe(
      'shadow decides, logs and counts, and lets every message pass unchanged. The default is enforce.',
    ),
  at: choice(['publish', 'ingress', 'auto'])
    .prefault('publish')
    .describe(
      'Where the rules judge what clients send: publish is message.publish, when the message is about to be routed; ingress is message.ingress of EMQX 6.3 and later, before it is authorized, retained and acknowledged; auto is ingress where the broker has it. Brokers without it judge at message.publish, which ingress warns of. The default is publish.',
    ),
  ingressDrop: choice(['silent', 'disconnect'])
    .prefault('silent')
    .describe(
      'What becomes of a message that a rule drops at message.ingress: silent acknowledges it (0x10 in MQTT 5) and routes it to nobody, but the broker keeps a retained one; disconnect refuses it and disconnects its client. The default is silent.',
    ),
  ingress: choice(['auto', 'always', 'never'])
    .prefault('auto')
    .describe(
      'Which brokers are asked to call message.ingress: auto is those of EMQX 6.3.0 and later; always is for builds of your own that have it under another version. A broker that lacks it refuses the whole list of hooks. The default is auto.',
    ),
  limits: Limits.prefault({}).describe('What one payload may cost, whatever it says about itself.'),
})).superRefine(({ rules, at }, context) => {
  if (at === 'publish' || context.issues.length > 0) return;
  rules.forEach(({ set }, i) => {
    if (set?.qos === undefined) return;
    const message = `cannot be changed at message.ingress (publish.at: ${at}): its publisher would wait for an acknowledgement for ever; remove it, or write publish.at: publish`;
    context.addIssue({ code: 'custom', path: ['rules', i, 'set', 'qos'], message });
  });
});
export type Publish = z.output<typeof Publish>;
