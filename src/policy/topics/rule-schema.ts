/** The schema of an authorization rule in a configuration file. */
import * as z from 'zod';
import { MAX_CONDITION_LENGTH } from '../condition.ts';
import type { Rule, TagCondition, TextCondition, TopicCondition, Who } from './rule.ts';
import { findRuleProblems } from './rule-check.ts';

export function oneOrMore<T extends z.ZodType>(one: T) {
  return z.union([
    one,
    z.array(one).min(1, { error: 'is an empty list; leave it out, or write one' }).readonly(),
  ]);
}

/** A condition on one text. */
export const TextConditionSchema: z.ZodType<TextCondition, TextCondition> = z
  .union([
    z.string(),
    z.strictObject({ is: z.string().describe('Exactly this text.') }),
    z.strictObject({ like: z.string().describe('A glob: "*" is any text, "?" one character.') }),
    z.strictObject({
      regex: z.string().describe('A regular expression, in linear time; anywhere unless "^" and "$".'),
    }),
    z.strictObject({ present: z.boolean().describe('false: the client has no value.') }),
  ])
  .describe('A text to compare with, or { is }, { like }, { regex } or { present }.');

const TagConditionSchema: z.ZodType<TagCondition, TagCondition> = z
  .union([z.string(), z.record(z.string(), oneOrMore(TextConditionSchema))])
  .describe('A tag of the client, or conditions on the values of tags: { site: berlin }.');

const names = oneOrMore(TextConditionSchema).optional();

/** Who a rule is for. */
export const WhoSchema: z.ZodType<Who, Who> = z
  .strictObject({
    username: names.describe('User name.'),
    clientid: names.describe('Client id.'),
    cert_common_name: names.describe(
      "Common name of the client's TLS certificate, as the broker passes it on.",
    ),
    address: oneOrMore(z.string()).optional().describe('IP addresses or CIDR blocks, IPv4 or IPv6.'),
    tag: oneOrMore(TagConditionSchema).optional().describe('Tags given at login.'),
    get all() {
      return z.array(WhoSchema).min(1).readonly().optional().describe('All of these hold.');
    },
    get any() {
      return z.array(WhoSchema).min(1).readonly().optional().describe('At least one of these holds.');
    },
    get not() {
      return WhoSchema.optional().describe('This does not hold.');
    },
  })
  .describe('Conditions on the client. All given conditions must hold; in a list, one is enough.');

/** One topic filter of a rule. */
export const TopicConditionSchema: z.ZodType<TopicCondition, TopicCondition> = z
  .union([
    z
      .string()
      .describe('A topic filter; placeholders: ${username}, ${clientid}, ${cert_common_name}, ${tag.NAME}.'),
    z.strictObject({ eq: z.string().describe('A literal text: "+" and "#" are not wildcards.') }),
  ])
  .describe('A topic filter, or { eq } for a literal text.');

/** The condition of a rule. Its meaning is checked when the policy is opened. */
export const WhenSchema = z
  .string({ error: 'is not a condition; write a CEL expression in quotes, such as "topic.size() < 100"' })
  .min(1, { error: 'is empty; write a CEL expression, or remove it' })
  .max(MAX_CONDITION_LENGTH, { error: `is longer than ${MAX_CONDITION_LENGTH} characters` })
  .describe('A condition in CEL; docs/conditions.md has its variables.');

const PlaceholdersSchema = z
  .strictObject({
    slash: z
      .boolean()
      .optional()
      .describe(
        'Whether values of placeholders may contain "/" and so fill several levels; docs/policies.md explains the risk. The default is false.',
      ),
  })
  .describe('What values of placeholders in topics may contain.');

const RuleActionSchema = z.enum(['publish', 'subscribe', 'all']);

/** One rule. The first rule that is hit decides. */
export const RuleSchema: z.ZodType<Rule, Rule> = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .optional()
      .describe('The name of the rule in decision logs and "exhook explain".'),
    allow: RuleActionSchema.optional().describe(
      'Allow this. A subscription is allowed only if a filter of the rule covers all of it.',
    ),
    deny: RuleActionSchema.optional().describe(
      'Deny this. A subscription is denied if a filter overlaps it at all.',
    ),
    who: WhoSchema.optional().describe('The clients it applies to. Default: every client.'),
    topics: oneOrMore(TopicConditionSchema).optional().describe('Topic filters. Default: every topic.'),
    placeholders: PlaceholdersSchema.optional(),
    when: WhenSchema.optional(),
  })
  .superRefine((rule, context) => {
    // Problems of its shape are reported already.
    if (context.issues.length > 0) return;
    for (const { path, message } of findRuleProblems(rule))
      context.addIssue({ code: 'custom', path: [...path], message });
  })
  .describe('A rule: allow or deny an action, for which clients, on which topics.');
