/** The files of `exhook test`: clients, what they do, and the expected verdicts. */
import * as z from 'zod';
import { type Problem, problemAt } from '../../config/problem.ts';
import { parseYaml } from '../../config/yaml.ts';
import { formatPath } from '../../lib/format-path.ts';
import { parseBrokerVersion } from '../../policy/broker-version.ts';
import { parseTags } from '../../policy/login/tags.ts';
import { findTopicFilterProblem, findTopicNameProblem } from '../../policy/topics/topic-filter.ts';
import { PublishedMessage } from './test-messages.ts';

const Text = z.string({ error: 'is not text; put it in quotes' });
const Verdict = z.enum(['allow', 'deny', 'ignore'], {
  error: 'is not a verdict; write allow, deny or ignore',
});

/** `publish a/b`, `subscribe a/#`, or the same as a mapping with the expected rule. */
const Fact = z
  .union(
    [
      Text,
      z.strictObject({ publish: Text, by: Text.optional() }),
      z.strictObject({ subscribe: Text, by: Text.optional() }),
    ],
    {
      error: 'is not an action; write "publish TOPIC" or "subscribe FILTER", or { publish: TOPIC, by: RULE }',
    },
  )
  .transform((fact, context) => {
    const { action, topic, by } = readFact(fact);
    const problem =
      action === undefined
        ? 'does not begin with publish or subscribe'
        : (action === 'publish' ? findTopicNameProblem : findTopicFilterProblem)(topic);
    if (action !== undefined && problem === undefined) return { action, topic, by };
    context.addIssue({ code: 'custom', message: `${problem}; write "publish TOPIC" or "subscribe FILTER"` });
    return z.NEVER;
  });

function readFact(fact: string | { publish?: string; subscribe?: string; by?: string | undefined }) {
  if (typeof fact !== 'string') {
    const action = fact.publish === undefined ? ('subscribe' as const) : ('publish' as const);
    return { action, topic: fact[action] ?? '', by: fact.by };
  }
  const [, action, topic = ''] = /^(publish|subscribe) +(.*)$/s.exec(fact) ?? [];
  return { action: action as 'publish' | 'subscribe' | undefined, topic, by: undefined };
}

const Client = z.strictObject({
  clientid: Text.default(''),
  username: Text.default(''),
  /** Tokens are long: one may be in a file, relative to the test file. */
  password: z.union([Text, z.strictObject({ file: Text })]).default(''),
  peerhost: Text.default('127.0.0.1'),
  cn: Text.default(''),
  dn: Text.default(''),
});

const Test = z
  .strictObject({
    name: Text.optional(),
    client: Client,
    login: z.union([Verdict, z.strictObject({ expect: Verdict, by: Text.optional() })]).optional(),
    tags: z
      .union([z.array(Text), z.record(z.string(), Text)])
      .refine((tags) => parseTags(tags) !== undefined, { error: 'are no tags' })
      .optional(),
    /** As in the `acl` claim of a token. */
    grants: z.unknown().optional(),
    /** Answers of HTTP services, by the name of the method. */
    answers: z.record(z.string(), z.unknown()).optional(),
    allow: z.array(Fact).optional(),
    deny: z.array(Fact).optional(),
    ignore: z.array(Fact).optional(),
    /** Messages, and their expected outcome. */
    publish: z.array(PublishedMessage).optional(),
  })
  .refine(
    ({ login, allow, deny, ignore, publish }) =>
      [login, allow, deny, ignore, publish].some((part) => part !== undefined),
    { error: 'expects nothing; write login:, allow:, deny: or publish:' },
  );

const TestFile = z.strictObject({
  config: Text,
  /** Release of the broker, which determines the meaning of prefixes such as `$queue/`. */
  emqx: Text.refine((text) => parseBrokerVersion(text) !== undefined, {
    error: 'is not a release; write one such as "6.1.1"',
  }).optional(),
  now: z.iso.datetime({ error: 'is not a time; write one such as 2026-11-22T12:00:00Z' }).optional(),
  tests: z.array(Test).min(1),
});

export type TestFile = z.output<typeof TestFile>;
export type PolicyTest = TestFile['tests'][number];

/** Parses a file, or reports all problems with their lines. */
export function parseTestFile(
  text: string,
  path: string,
): TestFile | { readonly problems: readonly Problem[] } {
  const document = parseYaml(text);
  if (document.problems.length > 0)
    return {
      problems: document.problems.map(({ position, message }) => problemAt(path, position, '', message)),
    };
  const parsed = TestFile.safeParse(document.content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => {
    const at = (keys: readonly PropertyKey[], part: 'key' | 'value', message: string) =>
      problemAt(path, document.locate(keys, part), formatPath(keys), message);
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => at([...issue.path, key], 'key', 'is not a key here'))
      : [at(issue.path, 'value', issue.message)];
  });
  return { problems };
}
