import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { usesOfMessageRule, usesOfRule } from '../../../src/policy/login/name-uses.ts';

describe('a rule relies on', () => {
  test.each([
    ['{ allow: all, topics: "a/#" }', {}],
    ['{ allow: all, topics: "${clientid}/#" }', { clientid: '${clientid}' }],
    ['{ allow: all, topics: ["a", "x-${username}/#"] }', { username: '${username}' }],
    ['{ allow: all, topics: [{ eq: "${clientid}/#" }] }', { clientid: '${clientid}' }],
    ['{ allow: all, topics: "${cert_common_name}/${tag.clientid}" }', {}],
    ['{ deny: all, who: { username: bad } }', { username: 'who.username' }],
    ['{ allow: all, who: { clientid: { like: "a*" } } }', { clientid: 'who.clientid' }],
    ['{ allow: all, who: { tag: username, address: 10.0.0.0/8 } }', {}],
    ['{ allow: all, who: { not: { username: bad } } }', { username: 'who.username' }],
    ['{ allow: all, who: { any: [{ tag: t }, { all: [{ clientid: a }] }] } }', { clientid: 'who.clientid' }],
    [
      '{ allow: all, who: { username: a }, topics: "${clientid}" }',
      { username: 'who.username', clientid: '${clientid}' },
    ],
  ])('%s: %o', (yaml, expected) => expect(Object.fromEntries(usesOfRule(parse(yaml)))).toEqual(expected));

  test('a name that its condition asks for', () => {
    expect([...usesOfRule({ allow: 'all', when: '...' }, new Set(['topic', 'clientid']))]).toEqual([
      ['clientid', 'clientid in when'],
    ]);
  });
});

describe('a message rule relies on', () => {
  test.each([
    ['{ topics: a }', {}],
    ['{ topics: "raw/${clientid}" }', { clientid: '${clientid}' }],
    ['{ who: { username: a } }', { username: 'who.username' }],
    ['{ set: { topic: "x/${clientid}" } }', { clientid: '${clientid}' }],
    ['{ set: { payload: { a: { b: ["${username}"] } } } }', { username: '${username}' }],
    ['{ set: { payload: "$${username}" } }', {}], // the text itself
    ['{ set: { payload: "${payload.username}" } }', {}],
    ['{ drop: "not ${clientid}" }', { clientid: '${clientid}' }],
  ])('%s: %o', (yaml, expected) =>
    expect(Object.fromEntries(usesOfMessageRule(parse(yaml)))).toEqual(expected),
  );
});
