import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  nameInTemplate,
  namesInConditions,
  usesOfMessageRule,
  usesOfRule,
} from '../../../src/policy/login/name-uses.ts';
import { compileText } from '../../../src/policy/text/text-template.ts';

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

const text = (source: string) => compileText(source, ['clientid', 'username']);

describe('a text with placeholders pins down', () => {
  test.each([
    ['${clientid}', 'clientid'],
    ['device-${username}', 'username'],
    ['device', undefined],
    ['${clientid}-${username}', undefined], // a-b and c, or a and b-c
    ['${clientid}${clientid}', undefined],
  ])('%s: %s', (source, expected) => expect(nameInTemplate(text(source))).toBe(expected));

  test('a name only if each of several conditions does', () => {
    expect(namesInConditions([text('${clientid}'), text('d-${clientid}')])).toEqual(['clientid']);
    expect(namesInConditions([text('${clientid}'), text('${username}')])).toEqual([]);
    expect(namesInConditions([text('${clientid}'), 'gateway'])).toEqual([]);
    expect(namesInConditions([{ like: '*' }])).toEqual([]);
    expect(namesInConditions([])).toEqual([]);
    expect(namesInConditions(undefined)).toEqual([]);
  });
});
