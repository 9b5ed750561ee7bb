import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../support/messages.ts';

const UNKNOWN = 'not part of a message; brokers send the client id, and usually the user name and address';
const DECODE = 'add decode to this rule or to an earlier one, such as decode: json';
const FIXED = 'cannot be changed: EMQX accepts changes of topic, QoS and payload only';

describe('rules that are good', () => {
  it.each([
    [[{ drop: true }]],
    [[{ topics: 'a/#', who: { username: 'u' }, when: 'qos > 0', stop: true }]],
    [[{ decode: ['gzip', 'json'] }, { require: { schema: {} }, encode: ['json', 'gzip'] }]],
    [
      [
        {
          decode: 'json',
          set: { topic: '$own/${clientid}', qos: 1, payload: { 'a[0].b': null }, remove: 'c' },
        },
      ],
    ],
    [[{ set: { payload: '${payload}' } }]],
    [
      [
        {
          decode: { protobuf: { descriptors: './d.binpb', message: 'a.B', names: 'proto' } },
          encode: 'json',
        },
      ],
    ],
    [[{ decode: { avro: { schema: './s.avsc', schemaId: 7 } }, encode: 'cbor' }]],
    [[{ require: { payload: { minBytes: '1B', maxBytes: '1KiB' }, qos: [0, 1], else: 'skip' } }]],
  ])('%j', (rules) => {
    expect(problemsOf(rules)).toStrictEqual([]);
  });
});

describe('rules that are wrong', () => {
  it.each<[object, string]>([
    [
      { require: { qos: 1, schemaFormats: 'annotate' } },
      '[0].require.schemaFormats: applies to schema: add schema, or remove this',
    ],
    [{}, '[0]: does nothing; write decode, require, set, encode, drop or stop'],
    [
      { topics: 'a/#/b', stop: true },
      '[0].topics: "a/#/b" is not a topic filter: "#" must be the whole of the last level',
    ],
    [{ topics: [], stop: true }, '[0].topics: is an empty list; leave it out, or write one'],
    [
      { topics: '${nobody}', stop: true },
      '[0].topics: unknown placeholder "${nobody}": use one of ${username}, ${clientid}, ${cert_common_name}, ${tag.NAME}',
    ],
    [{ topics: ['a', '${tag.site}'], stop: true }, `[0].topics[1]: \${tag.site}: ${UNKNOWN}`],
    [{ who: { tag: 'x' }, stop: true }, `[0].who.tag: ${UNKNOWN}`],
    [
      { who: { any: [{ not: { cert_common_name: 'x' } }] }, stop: true },
      `[0].who.any[0].not.cert_common_name: ${UNKNOWN}`,
    ],
    [{ who: {}, stop: true }, '[0].who: names no condition: leave "who" out for every client'],
    [{ when: '', stop: true }, '[0].when: is empty; write a CEL expression, or remove it'],
    [
      { decode: ['json', 'gzip'] },
      '[0].decode[1]: nothing is left for gzip to read: after json the payload is a value',
    ],
    [
      { decode: 'json', encode: ['gzip', 'json'] },
      '[0].encode[1]: json takes a value: put it first in the list',
    ],
    [{ encode: 'json' }, `[0].encode: json takes a value: ${DECODE}`],
    [{ require: {} }, '[0].require: requires nothing; write payload, qos or schema'],
    [
      { require: { payload: { minBytes: 9, maxBytes: 8 } } },
      '[0].require.payload.minBytes: is larger than maxBytes: no payload meets both',
    ],
    [{ require: { schema: {} } }, `[0].require.schema: needs the decoded payload: ${DECODE}`],
    [{ set: {} }, '[0].set: sets nothing; write topic, qos, payload or remove'],
    [
      { set: { topic: 'a/+' } },
      '[0].set.topic: is not a topic: it must not contain the wildcards "+" and "#"',
    ],
    [{ set: { topic: '$SYS/${clientid}' } }, '[0].set.topic: is not a topic: it must not be under $SYS'],
    [{ set: { topic: 'a\0' } }, '[0].set.topic: is not a topic: it must not contain the character NUL'],
    [
      { set: { topic: 'x'.repeat(70_000) } },
      '[0].set.topic: is not a topic: it must be at most 65535 bytes of UTF-8',
    ],
    [{ set: { topic: '${payload.x}' } }, `[0].set.topic: names a field of the payload: ${DECODE}`],
    [{ set: { topic: 'a/${topic' } }, '[0].set.topic: "${topic" has no closing "}"'],
    [
      { set: { topic: '${qos.x}' } },
      expect.stringMatching(
        /^\[0\]\.set\.topic: unknown placeholder "\$\{qos\.x\}": use one of /,
      ) as unknown as string,
    ],
    [
      { set: { qos: '${payload.}' } },
      '[0].set.qos: ${payload.}: "." is not a path; write one such as a.b, list[0].c or ["a.b"]',
    ],
    [{ set: { payload: { a: 1 } } }, `[0].set.payload: needs fields of the payload: ${DECODE}`],
    [{ set: { remove: 'a' } }, `[0].set.remove: needs fields of the payload: ${DECODE}`],
    [
      { decode: 'json', set: { payload: { 'a..b': 1 } } },
      '[0].set.payload["a..b"]: "a..b" is not a path; write one such as a.b, list[0].c or ["a.b"]',
    ],
    [{ decode: 'json', set: { payload: { '': 1 } } }, '[0].set.payload.: must not be empty'],
    [
      { decode: 'json', set: { payload: { 'a.__proto__': 1 } } },
      '[0].set.payload["a.__proto__"]: "__proto__" is not allowed as a field name',
    ],
    [
      { decode: 'json', set: { payload: { a: [{ b: '${who}' }] } } },
      expect.stringContaining('[0].set.payload.a.0.b: unknown placeholder') as unknown as string,
    ],
    [{ decode: 'json', set: { payload: { a: Number.NaN } } }, '[0].set.payload.a: is not a JSON value'],
    [
      { drop: true, set: { qos: 1 } },
      '[0].drop: drops the message, so set and encode have no effect; remove one of them',
    ],
    ...['retain', 'properties', 'user_properties', 'from', 'timestamp', 'headers', 'id', 'clientid'].map(
      (key): [object, string] => [{ set: { [key]: 1 } }, `[0].set.${key}: ${FIXED}; remove ${key}`],
    ),
    [{ set: { retian: 1 } }, '[0].set.retian: is not a key here; write topic, qos, payload or remove'],
  ])('%j', (rule, problem) => {
    expect(problemsOf([rule])).toContainEqual(problem);
  });

  it('are reported with the place of the rule', () => {
    expect(problemsOf([{ stop: true }, {}])).toStrictEqual([
      '[1]: does nothing; write decode, require, set, encode, drop or stop',
    ]);
  });
});
