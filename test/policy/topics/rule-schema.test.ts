import { describe, expect, expectTypeOf, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Rule } from '../../../src/policy/topics/rule.ts';
import { RuleSchema } from '../../../src/policy/topics/rule-schema.ts';

/** The problems of one rule, each with its path. */
function problemsOf(yaml: string): string[] {
  const read = RuleSchema.safeParse(parse(yaml));
  return (read.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a rule in YAML', () => {
  test.each([
    ['{ allow: subscribe, topics: ["fleet/${username}/#"] }'],
    ['{ deny: all, who: { tag: quarantined } }'],
    ['{ allow: publish, topics: "a/b", name: meters }'],
    ['{ deny: subscribe, topics: [{ eq: "#" }, "$SYS/#"] }'],
    ['{ allow: all, who: { username: [alice, bob], address: [10.0.0.0/8, "::1"] } }'],
    ['{ allow: all, who: { clientid: { like: "dev-*" }, cert_common_name: { regex: "^[a-z]+$" } } }'],
    ['{ allow: all, who: { tag: { site: [berlin, { like: "b*" }] }, username: { present: false } } }'],
    ['{ deny: all, who: { not: { any: [{ address: 10.0.0.0/8 }, { all: [{ tag: [a, b] }] }] } } }'],
    ['{ allow: all, who: { username: { is: "a*" } } }'],
    ['{ allow: subscribe, topics: ["$queue/jobs", "$queue/jobs/#", "$s/+/a", "$new/#"] }'],
  ])('may be %s', (yaml) => {
    expect(problemsOf(yaml)).toEqual([]);
    // Nothing is rewritten: the log and explanations show the text of the file.
    expect(RuleSchema.parse(parse(yaml))).toEqual(parse(yaml));
  });

  test.each([
    ['{ topics: ["a"] }', ': write either "allow" or "deny"'],
    ['{ allow: all, deny: all }', ': write either "allow" or "deny"'],
    ['{ allow: read }', 'allow: Invalid option'],
    ['{ allow: all, topic: a }', ': Unrecognized key: "topic"'],
    ['{ allow: all, topics: [] }', 'topics: '],
    ['{ allow: all, topics: ["a/#/b"] }', 'topics.0: "a/#/b" is not a topic filter: "#" must be'],
    ['{ allow: all, topics: "a+" }', 'topics: "a+" is not a topic filter: "+" must be'],
    ['{ allow: all, topics: ["+${username}"] }', 'topics.0: "+${username}" is not a topic filter'],
    ['{ allow: all, topics: [""] }', 'topics.0: "" is not a topic filter: must not be empty'],
    [
      '{ allow: all, topics: ["a/${user}"] }',
      'topics.0: unknown placeholder "${user}": use one of ${username}',
    ],
    ['{ allow: all, topics: [{ eq: "a/${user}" }] }', 'topics.0.eq: unknown placeholder'],
    [
      '{ allow: all, topics: ["$share/g/a"] }',
      'topics.0: "$share/g/a": a shared subscription is judged by its filter',
    ],
    ['{ allow: all, topics: ["a/%c"] }', 'topics.0: "a/%c": write ${username} for %u and ${clientid} for %c'],
    ['{ allow: all, who: {} }', 'who: names no condition'],
    ['{ allow: all, who: { user: a } }', 'who: Unrecognized key: "user"'],
    ['{ allow: all, who: { username: "" } }', 'who.username: must not be empty: write { present: false }'],
    ['{ deny: all, who: { username: "dev-*" } }', 'who.username: "dev-*": write { like: ... }'],
    [
      '{ deny: all, who: { username: "${clientid}" } }',
      'who.username: "${clientid}": conditions have no placeholders',
    ],
    ['{ deny: all, who: { username: [a, { regex: "(a" }] } }', 'who.username.1: /(a/: unmatched "("'],
    ['{ deny: all, who: { username: { like: "" } } }', 'who.username: must not be empty'],
    ['{ deny: all, who: { username: { is: "" } } }', 'who.username: must not be empty'],
    ['{ deny: all, who: { address: 10.0.0.0/33 } }', 'who.address: "10.0.0.0/33" is not an IP address'],
    ['{ deny: all, who: { address: [10.0.0.1, host] } }', 'who.address.1: "host" is not an IP address'],
    ['{ deny: all, who: { tag: "" } }', 'who.tag: must not be empty'],
    ['{ deny: all, who: { tag: {} } }', 'who.tag: names no tag'],
    ['{ deny: all, who: { tag: [{ site: "b*" }] } }', 'who.tag.0.site: "b*": write { like: ... }'],
    ['{ deny: all, who: { any: [{ address: x }] } }', 'who.any.0.address: "x" is not an IP address'],
    ['{ deny: all, who: { not: { all: [{}] } } }', 'who.not.all.0: names no condition'],
  ])('may not be %s', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([expect.stringContaining(problem)]);
  });

  test('reports all of its problems at once', () => {
    expect(
      problemsOf('{ allow: all, who: { username: "*", address: x }, topics: ["#/a", "${x}"] }'),
    ).toHaveLength(4);
  });
});

test('the schema and the type say the same', () => {
  expectTypeOf<z.output<typeof RuleSchema>>().toEqualTypeOf<Rule>();
});

test('editors get a JSON schema with descriptions', () => {
  const schema = z.toJSONSchema(RuleSchema);
  expect(schema.properties).toHaveProperty('topics.description', 'Topic filters. Default: every topic.');
  expect(JSON.stringify(schema)).toContain('CIDR');
});
