/**
 * The `acl` claim of EMQX's JWTs, and the `acl` of an HTTP authentication answer: what a client was granted at
 * login, as rules for that client.
 *
 * Two forms. The older is a white list, and what it does not list is denied: `{ pub: [..], sub: [..], all: [..] }`.
 * The newer (EMQX 5.5) is a list of rules, after which others are asked:
 * `[{ permission, action, topic | topics, clientid_re?, username_re?, ipaddr? }]`.
 */
import * as z from 'zod';
import { topicOf } from './acl/emqx.ts';
import type { Rule, RuleAction, Who } from './rule.ts';
import { findRuleProblems } from './rule-check.ts';

/** The rules of a claim, or why it grants nothing. */
export type Grants = { readonly rules: readonly Rule[] } | { readonly problem: string };

/** A token with more is a mistake, or an attack on the memory that keeps it. */
const MAX_GRANTS = 1000;

const topicList = z.array(z.string()).max(MAX_GRANTS).optional();

const WhiteList = z.strictObject({ pub: topicList, sub: topicList, all: topicList });

const actions: Readonly<Record<string, RuleAction>> = {
  pub: 'publish',
  publish: 'publish',
  sub: 'subscribe',
  subscribe: 'subscribe',
  all: 'all',
};

/** ExHook does not tell QoS or retain flag, so that a grant that depends on them cannot be judged. */
const everyQos = z
  .array(z.union([z.number(), z.string()]))
  .refine((levels) => ['0', '1', '2'].every((qos) => levels.map(String).includes(qos)), {
    error: 'limits the QoS, which ExHook does not tell',
  });
const anyRetain = z.literal('all', { error: 'depends on the retain flag, which ExHook does not tell' });

const Grant = z
  .strictObject({
    permission: z.enum(['allow', 'deny']),
    action: z.enum(Object.keys(actions)).transform((action) => actions[action] ?? 'all'),
    topic: z.string().optional(),
    topics: topicList,
    qos: everyQos.nullish(),
    retain: anyRetain.nullish(),
    clientid_re: z.string().optional(),
    username_re: z.string().optional(),
    ipaddr: z.string().optional(),
  })
  .refine(({ topic, topics }) => (topic === undefined) !== (topics === undefined), {
    error: 'has either "topic" or "topics"',
  });

const GrantList = z.array(Grant).max(MAX_GRANTS);

/** Reads the claim, in either form. The rules are named `acl.pub[0]`, `acl[2]`. */
export function parseGrants(claim: unknown): Grants {
  const read = Array.isArray(claim) ? GrantList.safeParse(claim) : WhiteList.safeParse(claim);
  if (!read.success) return { problem: firstIssue(read.error.issues) };
  const rules = Array.isArray(read.data) ? read.data.map(grantRule) : whiteListRules(read.data);
  for (const rule of rules) {
    const [found] = findRuleProblems(rule);
    if (found !== undefined) return { problem: `${rule.name}: ${found.message}` };
  }
  return { rules };
}

function firstIssue(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return `acl${path.join('')}: ${issue?.message ?? 'is malformed'}`;
}

function whiteListRules(list: z.output<typeof WhiteList>): readonly Rule[] {
  const grants = (['pub', 'sub', 'all'] as const).flatMap((key) =>
    (list[key] ?? []).map(
      (topic, i): Rule => ({ name: `acl.${key}[${i}]`, allow: actions[key], topics: topicOf(topic) }),
    ),
  );
  return [...grants, { name: 'acl: not listed', deny: 'all' }];
}

function grantRule(grant: z.output<typeof Grant>, index: number): Rule {
  const { permission, action, topic, topics = topic === undefined ? [] : [topic] } = grant;
  return { name: `acl[${index}]`, [permission]: action, who: whoOf(grant), topics: topics.map(topicOf) };
}

function whoOf({ clientid_re, username_re, ipaddr }: z.output<typeof Grant>): Who | undefined {
  if (clientid_re === undefined && username_re === undefined && ipaddr === undefined) return undefined;
  return {
    ...(clientid_re === undefined ? {} : { clientid: { regex: clientid_re } }),
    ...(username_re === undefined ? {} : { username: { regex: username_re } }),
    ...(ipaddr === undefined ? {} : { address: ipaddr }),
  };
}
