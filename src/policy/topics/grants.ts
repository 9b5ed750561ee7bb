/**
 * Reads the `acl` claim of EMQX's JWTs, and the `acl` of an HTTP authentication response: the grants of a client at
 * login, as rules for that client.
 *
 * There are two forms. The older is an allowlist that denies everything else: `{ pub: [..], sub: [..], all: [..] }`.
 * The newer (EMQX 5.5) is a list of rules; other rules follow it:
 * `[{ permission, action, topic | topics, clientid_re?, username_re?, ipaddr? }]`.
 *
 * Fields unknown to EMQX (`username`, `comment`) are ignored, as in EMQX. Fields that narrow a rule by something that
 * ExHook does not send are problems.
 */
import * as z from 'zod';
import { topicOf } from './acl/emqx.ts';
import type { Rule, RuleAction, Who } from './rule.ts';
import { findRuleProblems } from './rule-check.ts';

/** The rules of a claim, or why it is invalid. */
export type Grants = { readonly rules: readonly Rule[] } | { readonly problem: string };

/** Maximum number of rules. A token with more is a mistake or an attack on memory. */
const MAX_GRANTS = 1000;

const TopicList = z.array(z.string()).max(MAX_GRANTS);
const topicList = TopicList.optional();

const WhiteList = z.object({ pub: topicList, sub: topicList, all: topicList });

const actions: Readonly<Record<string, RuleAction>> = {
  pub: 'publish',
  publish: 'publish',
  sub: 'subscribe',
  subscribe: 'subscribe',
  all: 'all',
};

/** ExHook does not send QoS or retain flag: a grant that depends on them cannot be judged. */
const everyQos = z.unknown().refine(isEveryQos, { error: 'limits the QoS, which ExHook does not send' });
const anyRetain = z.literal('all', { error: 'depends on the retain flag, which ExHook does not send' });
const untold = (what: string) =>
  z.undefined({ error: `depends on the ${what}, which ExHook does not send` }).optional();

const Grant = z
  .object({
    permission: z.enum(['allow', 'deny']),
    action: z.enum(Object.keys(actions)).transform((action) => actions[action] ?? 'all'),
    topic: z.unknown().optional(),
    topics: z.unknown().optional(),
    qos: everyQos.optional(),
    retain: z.unknown().optional(),
    clientid_re: z.string().optional(),
    username_re: z.string().optional(),
    ipaddr: z.string().optional(),
    zone: untold('zone'),
    zone_re: untold('zone'),
    listener: untold('listener'),
    listener_re: untold('listener'),
  })
  .transform((grant, context) => {
    // EMQX applies the flag to publications only.
    const retain = grant.action === 'subscribe' ? 'all' : (grant.retain ?? 'all');
    addIssues(anyRetain.safeParse(retain), 'retain', context);
    const topics = topicsOf(grant);
    addIssues(topics, topics === NO_TOPICS ? undefined : 'topics', context);
    return { ...grant, topics: topics.success ? topics.data : [] };
  });

type Grant = z.output<typeof Grant>;

type Parsed<Value> =
  | { readonly success: true; readonly data: Value }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };

const NO_TOPICS: Parsed<readonly string[]> = {
  success: false,
  error: { issues: [{ path: [], message: 'has neither "topic" nor "topics"' }] },
};

function addIssues(parsed: Parsed<unknown>, field: string | undefined, context: z.RefinementCtx): void {
  if (parsed.success) return;
  for (const { path, message } of parsed.error.issues)
    context.addIssue({ code: 'custom', path: [...(field === undefined ? [] : [field]), ...path], message });
}

/** As in EMQX, `topics` counts if `topic` is not a text. */
function topicsOf({ topic, topics }: { topic?: unknown; topics?: unknown }): Parsed<readonly string[]> {
  if (typeof topic === 'string') return { success: true, data: [topic] };
  return Array.isArray(topics) ? TopicList.safeParse(topics) : NO_TOPICS;
}

/** `[0, 1, 2]`, `"0,1,2"` or absent: no condition on the QoS. */
function isEveryQos(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const levels = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(levels)) return false;
  const texts = levels.map((level) => (typeof level === 'number' ? String(level) : level));
  return texts.every((text) => QOS.includes(text)) && QOS.every((qos) => texts.includes(qos));
}

const QOS = ['0', '1', '2'];

const GrantList = z.array(Grant).max(MAX_GRANTS);

/** Reads the claim in either form. Names the rules `acl.pub[0]`, `acl[2]`. */
export function parseGrants(claim: unknown): Grants {
  const read = Array.isArray(claim) ? GrantList.safeParse(claim) : WhiteList.safeParse(claim);
  if (!read.success) return { problem: firstIssue(read.error.issues) };
  const rules = Array.isArray(read.data) ? read.data.flatMap(grantRule) : whiteListRules(read.data);
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

/** Empty for a rule without topics, which is never hit. */
function grantRule(grant: Grant, index: number): readonly Rule[] {
  const { permission, action, topics } = grant;
  if (topics.length === 0) return [];
  return [{ name: `acl[${index}]`, [permission]: action, who: whoOf(grant), topics: topics.map(topicOf) }];
}

function whoOf({ clientid_re, username_re, ipaddr }: Grant): Who | undefined {
  if (clientid_re === undefined && username_re === undefined && ipaddr === undefined) return undefined;
  return {
    ...(clientid_re === undefined ? {} : { clientid: { regex: clientid_re } }),
    ...(username_re === undefined ? {} : { username: { regex: username_re } }),
    ...(ipaddr === undefined ? {} : { address: ipaddr }),
  };
}
