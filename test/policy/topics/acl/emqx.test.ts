import { describe, expect, test } from 'vitest';
import { parseEmqxAcl } from '../../../../src/policy/topics/acl/emqx.ts';
import { compileRules } from '../../../../src/policy/topics/authorize.ts';
import type { Rule } from '../../../../src/policy/topics/rule.ts';
import { someone } from '../../someone.ts';

function rulesOf(text: string): readonly Rule[] {
  const acl = parseEmqxAcl(text);
  if ('problems' in acl) throw new Error(JSON.stringify(acl.problems));
  return acl.rules;
}

function problemsOf(text: string): string[] {
  const acl = parseEmqxAcl(text);
  return 'problems' in acl ? acl.problems.map(({ line, message }) => `${line}: ${message}`) : [];
}

describe("a file like EMQX's default one", () => {
  const authorize = compileRules(
    rulesOf(`%% -*- mode: erlang -*-
{allow, {username, {re, "^dashboard$"}}, subscribe, ["$SYS/#"]}. % the dashboard
{allow, {ipaddr, "127.0.0.1"}, all, ["$SYS/#", "#"]}.
{deny, all, subscribe, ["$SYS/#", {eq, "#"}, {eq, "+/#"}]}.
{allow, all}.
`),
  );
  const dashboard = { username: 'dashboard' };
  const local = { peerhost: '127.0.0.1' };

  test.each([
    [dashboard, 'subscribe', '$SYS/#', 'allow'],
    [{ username: 'dashboards' }, 'subscribe', '$SYS/#', 'deny'],
    [local, 'subscribe', '#', 'allow'],
    [local, 'publish', '$SYS/x', 'allow'],
    [{}, 'subscribe', '$SYS/brokers', 'deny'],
    [{}, 'subscribe', '#', 'deny'],
    [{}, 'subscribe', '+/#', 'deny'],
    [{}, 'subscribe', '+', 'allow'],
    [{}, 'subscribe', 'a/#', 'allow'],
    [{}, 'publish', 'a', 'allow'],
    [{}, 'publish', '$SYS/x', 'allow'], // EMQX 6: {allow, all} is about all topics
    [{}, 'publish', '$events/x', 'allow'],
  ] as const)('%o %s %s: %s', (changes, action, topic, verdict) => {
    expect(authorize(someone(changes), action, topic).verdict).toBe(verdict);
  });

  test('names its rules after their lines', () => {
    expect(authorize(someone(), 'subscribe', '#')).toMatchObject({ rule: { name: 'acl.conf:4' } });
  });
});

describe('who', () => {
  test.each([
    ['all', undefined],
    ['{user, "u"}', { username: { is: 'u' } }],
    ['{username, <<"u*"/utf8>>}', { username: { is: 'u*' } }],
    ['{client, "c"}', { clientid: { is: 'c' } }],
    ['{clientid, {re, <<"^c\\\\d">>}}', { clientid: { regex: '^c\\d' } }],
    ['{ipaddr, "10.0.0.0/8"}', { address: '10.0.0.0/8' }],
    ['{ipaddrs, ["10.0.0.0/8", "::1"]}', { address: ['10.0.0.0/8', '::1'] }],
    [
      '{\'and\', [{user, "u"}, {client, "c"}]}',
      { all: [{ username: { is: 'u' } }, { clientid: { is: 'c' } }] },
    ],
    [
      '{\'or\', [{user, "u"}, {client, "c"}]}',
      { any: [{ username: { is: 'u' } }, { clientid: { is: 'c' } }] },
    ],
    ['{\'and\', [all, {user, "u"}]}', { all: [{ username: { is: 'u' } }] }],
    ['{\'or\', [all, {user, "u"}]}', undefined],
    ["{'and', []}", undefined],
    ['{user, admin}', { username: { is: 'admin' } }],
    ["{clientid, 'Gateway 1'}", { clientid: { is: 'Gateway 1' } }],
    ['{username, {re, admin}}', { username: { regex: 'admin' } }],
    ['{user, "long" "er"}', { username: { is: 'longer' } }],
    ['{client_attr, "site", "x"}', { tag: { site: { is: 'x' } } }],
    ['{client_attr, site, {re, "^x"}}', { tag: { site: { regex: '^x' } } }],
    ['{security_profile, legacy}', undefined],
    ['{\'and\', [{security_profile, legacy}, {user, "u"}]}', { all: [{ username: { is: 'u' } }] }],
    ['{\'or\', [{security_profile, hardened}, {user, "u"}]}', { any: [{ username: { is: 'u' } }] }],
    ["{'and', [{'or', [{user, \"u\"}]}]}", { all: [{ any: [{ username: { is: 'u' } }] }] }],
  ])('%s', (who, expected) => {
    expect(rulesOf(`{allow, ${who}, publish, ["a"]}.`)[0]?.who).toEqual(expected);
  });
});

test.each([
  '{allow, {security_profile, hardened}}.',
  '{deny, {security_profile, hardened}, all, ["#"]}.',
  '{allow, {\'and\', [{security_profile, hardened}, {user, "u"}]}, publish, ["a"]}.',
  "{deny, {'or', []}, all, all}.",
  '{deny, all, publish, []}.',
])('a rule that is never hit is not one: %s', (text) => expect(rulesOf(text)).toEqual([]));

test('rules of the hardened profile count if the broker uses it, those of the other do not', () => {
  const text = '{deny, {security_profile, hardened}, publish, ["a"]}.\n{allow, {security_profile, legacy}}.';
  expect(parseEmqxAcl(text, { profile: 'hardened' })).toEqual({
    rules: [{ name: 'acl.conf:1', deny: 'publish', who: undefined, topics: ['a'] }],
  });
});

describe('action and topics', () => {
  test.each([
    ['publish', 'all', { allow: 'publish' }],
    ['{subscribe, [{qos, 0}, {qos, 1}, {qos, 2}]}', '["a"]', { allow: 'subscribe', topics: ['a'] }],
    ['{all, [{qos, 2}, {qos, [1, 0]}]}', '["a"]', { allow: 'all', topics: ['a'] }],
    ['{subscribe, [{retain, true}]}', '["a"]', { allow: 'subscribe', topics: ['a'] }],
    ['{publish, [{comment, "x"}]}', '["a"]', { allow: 'publish', topics: ['a'] }],
    ['all', '[{eq, a}]', { allow: 'all', topics: [{ eq: 'a' }] }],
    ['all', '["${client_attrs.site}/#"]', { allow: 'all', topics: ['${tag.site}/#'] }],
    ['all', '["a" "/b"]', { allow: 'all', topics: ['a/b'] }],
    ['publish', '["a"]', { allow: 'publish', topics: ['a'] }],
    ['subscribe', '["a", "b/#"]', { allow: 'subscribe', topics: ['a', 'b/#'] }],
    ['all', '[{eq, "#"}]', { allow: 'all', topics: [{ eq: '#' }] }],
    ['pubsub', '["eq a/+"]', { allow: 'all', topics: [{ eq: 'a/+' }] }],
    ['{publish, [{qos, [0, 1, 2]}, {retain, all}]}', '["a"]', { allow: 'publish', topics: ['a'] }],
    ['{all, []}', '["a"]', { allow: 'all', topics: ['a'] }],
    [
      'publish',
      '["a/%c/%u", "${clientid}"]',
      { allow: 'publish', topics: ['a/${clientid}/${username}', '${clientid}'] },
    ],
    ['publish', '["a%c"]', { allow: 'publish', topics: ['a%c'] }], // EMQX 4: whole levels only
    ['publish', '[<<"\\x{e9}/\\"q\\"">>]', { allow: 'publish', topics: ['é/"q"'] }],
  ])('%s %s', (action, topics, expected) => {
    expect(rulesOf(`{allow, all, ${action}, ${topics}}.`)).toEqual([{ name: 'acl.conf:1', ...expected }]);
  });
});

describe('a line that cannot be judged or read is reported', () => {
  test.each([
    [
      '{deny, {client_attr, "a", "b"}, all, ["#"]}.',
      `1: {client_attr, "a", "b"}: ExHook does not send the client's attributes, so a denial`,
    ],
    ['{allow, {client_attr, "a"}, all, ["#"]}.', '1: {client_attr, "a"} is not a condition on clients'],
    [
      '{allow, {security_profile, open}}.',
      '1: {security_profile, open}: a security profile must be legacy or hard',
    ],
    [
      '{allow, all, {publish, [{qos, [0, 1, 2, 3]}]}, ["a"]}.',
      '1: {qos, [0, 1, 2, 3]}: ExHook does not send',
    ],
    ['{allow, all, {publish, [{qos, 0}, {qos, 1}]}, ["a"]}.', '1: {qos, 0}: ExHook does not send'],
    ['{allow, all, {publish, [{qos, []}]}, ["a"]}.', '1: {qos, []}: ExHook does not send'],
    ['{allow, all, {publish, [retain]}, ["a"]}.', '1: retain: ExHook does not send'],
    ['{allow, {zone, "z"}, all, ["#"]}.', '1: {zone, "z"}: ExHook does not send the zone'],
    [
      '{allow, {listener, {re, "x"}}, all, ["#"]}.',
      '1: {listener, {re, "x"}}: ExHook does not send the name of the listener',
    ],
    [
      '{allow, all, {publish, [{qos, 1}]}, ["a"]}.',
      '1: {qos, 1}: ExHook does not send the QoS or the retain flag',
    ],
    ['{allow, all, {publish, [{retain, false}]}, ["a"]}.', '1: {retain, false}: ExHook does not send'],
    ['{allow, all, read, ["a"]}.', '1: read: an action must be publish'],
    ['{allow, all, {publish, 1}, ["a"]}.', '1: {publish, 1}: an action must be publish'],
    ['{permit, all}.', '1: a rule must begin with allow or deny'],
    ['{allow}.', '1: write a rule as {allow | deny, all}.'],
    ['allow.', '1: write a rule as {allow | deny, all}.'],
    ['{allow, {user, "u"}}.', '1: write a rule as {allow | deny, all}.'],
    ['{allow, all, publish}.', '1: write a rule as {allow | deny, all}.'],
    ['{allow, "u", publish, ["a"]}.', '1: "u" is not a condition on clients'],
    ['{allow, {peername, "u"}, publish, ["a"]}.', '1: {peername, "u"} is not a condition on clients'],
    ['{allow, {user, 5}, publish, ["a"]}.', '1: 5: a username is "text" or {re, "expression"}'],
    ['{allow, {user, {re, "(?=a)"}}, publish, ["a"]}.', '1: /(?=a)/: only plain groups'],
    ['{allow, {user, ""}, publish, ["a"]}.', '1: must not be empty'],
    ['{allow, {ipaddr, "x"}, publish, ["a"]}.', '1: "x" is not an IP address'],
    ['{allow, {ipaddrs, [1]}, publish, ["a"]}.', '1: an address must be "text"'],
    ['{allow, all, publish, "a"}.', '1: topics must be all, or a list'],
    ['{allow, all, publish, [a]}.', '1: a: a topic must be "filter" or {eq, "text"}'],
    ['{allow, all, publish, ["a+"]}.', '1: "a+" is not a topic filter'],
    ['{allow, all, publish, ["${zone}"]}.', '1: unknown placeholder "${zone}"'],
    [
      '{allow, all, publish, ["$share/g/a"]}.',
      '1: "$share/g/a": a shared subscription is judged by its filter',
    ],
    ['{allow, all}', '1: the file ends within a rule: is a "." missing?'],
    ['{allow, all}\n\n{deny, all}.', '3: the rule that begins on line 1 does not end in "."'],
    ['{allow all}.', '1: expected "," or "}", found "all"'],
    ['{allow, }.', '1: unexpected "}"'],
    ['{allow, <<a>>, publish, ["a"]}.', '1: write a binary as <<"text">>'],
    ['{allow, <<"a", publish, ["a"]}.', '1: write a binary as <<"text">>'],
    [`${'['.repeat(60)}.`, '1: terms are nested more than 50 deep'],
  ])('%s', (text, problem) => expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]));

  test('all of them at once, and nothing is loaded', () => {
    const text = `
{allow, {zone, "z"}, {publish, [{qos, 1}]}, ["a+", b]}.
{allow, all}.
{deny all}.
{deny, all, publish, ["#/a"]}.
{deny, all, publish, ["x`;
    expect(problemsOf(text)).toEqual([
      '2: {zone, "z"}: ExHook does not send the zone',
      '2: {qos, 1}: ExHook does not send the QoS or the retain flag',
      '2: b: a topic must be "filter" or {eq, "text"}',
      '4: expected "," or "}", found "all"',
      '5: "#/a" is not a topic filter: "#" must be the whole of the last level',
      '6: " is never closed',
      '6: the file ends within a rule: is a "." missing?',
    ]);
  });

  test('characters that Erlang does not allow', () => {
    expect(problemsOf('{allow, all}.\n&')).toEqual(['2: unexpected "&"']);
  });
});

test('a file without rules has none', () => {
  expect(rulesOf('')).toEqual([]);
  expect(rulesOf('%% nothing\n\n')).toEqual([]);
});

test('a rule may stand on several lines', () => {
  expect(rulesOf('{allow,\n all,\n publish,\n ["a"]}.\r\n{deny, all}.').map(({ name }) => name)).toEqual([
    'acl.conf:1',
    'acl.conf:5',
  ]);
});

describe('files that people have', () => {
  const nobody = {};

  test.each([
    // The default file of EMQX 6.3.
    [
      `{allow, {username, {re, "^dashboard$"}}, subscribe, ["$SYS/#"]}.
       {deny, all, subscribe, ["$SYS/#", {eq, "#"}, {eq, "+/#"}]}.
       {allow, {security_profile, legacy}}.`,
      nobody,
      [
        ['subscribe', '$SYS/#', 'deny'],
        ['subscribe', 'a/#', 'allow'],
        ['publish', '$events/x', 'allow'],
      ],
    ],
    [
      '{allow, {username, "ops"}, publish, all}.',
      { username: 'ops' },
      [
        ['publish', 'a/b', 'allow'],
        ['publish', '$SYS/x', 'allow'],
        ['subscribe', 'a', undefined],
      ],
    ],
    [
      '{allow, {user, admin}, publish, ["a/#"]}.',
      { username: 'admin' },
      [
        ['publish', 'a/b', 'allow'],
        ['publish', 'b', undefined],
      ],
    ],
    // Order and eq.
    [
      `{allow, {ipaddr, "127.0.0.1"}, pubsub, ["$SYS/#", "#"]}.
       {deny, all, subscribe, [{eq, "aaa/+/bbb"}, {eq, "aaa/#"}]}.
       {allow, all, subscribe, ["aaa/+/bbb"]}.
       {deny, all, subscribe, ["aaa/#"]}.
       {deny, all}.`,
      nobody,
      [
        ['subscribe', 'aaa/+/bbb', 'deny'],
        ['subscribe', 'aaa/x/bbb', 'allow'],
        ['subscribe', 'aaa/x', 'deny'],
        ['subscribe', '$SYS/#', 'deny'],
        ['publish', '$SYS/x', 'deny'],
      ],
    ],
    // A dollar sign that begins no placeholder.
    [
      '{allow, all, publish, ["${$}{clientid}/x", "${$}aws/${clientid}"]}.',
      nobody,
      [
        ['publish', '${clientid}/x', 'allow'],
        ['publish', 'device-17/x', undefined],
        ['publish', '$aws/device-17', 'allow'],
      ],
    ],
    [
      '{allow, all, publish, ["${client_attrs.site}/x"]}.',
      { tags: { site: 'berlin' } },
      [
        ['publish', 'berlin/x', 'allow'],
        ['publish', 'paris/x', undefined],
      ],
    ],
  ] as const)('%s', (text, changes, requests) => {
    const authorize = compileRules(rulesOf(text));
    for (const [action, topic, verdict] of requests)
      expect([action, topic, authorize(someone(changes), action, topic).verdict]).toEqual([
        action,
        topic,
        verdict,
      ]);
  });
});
