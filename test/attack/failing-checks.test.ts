/** Payloads that make a check fail with an error instead of a no. */
import { describe, expect, it } from 'vitest';
import { type Broker, wordsOf } from '../program/support/broker.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const rpc = rpcFor('message.publish');

async function send(broker: Broker, topic: string, payload: string): Promise<unknown> {
  const bytes = new TextEncoder().encode(payload);
  const words = wordsOf(
    rpc.path,
    await broker.call(rpc.path, requestOf(rpc, { message: { topic, payload: bytes } })),
  );
  if (typeof words !== 'object' || words === null) return words;
  const { headers } = words as { headers?: { allow_publish?: string } };
  return headers?.allow_publish === 'false' ? 'dropped' : 'changed';
}

const schemas: Record<string, object> = {
  const: { const: { a: 1 } },
  enum: { enum: [{ a: 1 }, { b: [{ c: 1 }] }] },
  within: { properties: { x: { const: { a: 1 } } } },
  dynamic: { $ref: '#/$defs/a', $defs: { a: { $dynamicAnchor: 'a', $dynamicRef: '#a' } } },
  endless: { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } },
  else: { not: { $ref: '#/$defs/a' }, $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } } },
};

const conditions: Record<string, string> = {
  number: 'payload.t > 90',
  convert: 'int(payload.t) > 90',
  divide: 'int(payload.t) / int(payload.n) > 90',
  loop: 'payload.list.all(x, payload.list.all(y, x + y < 100))',
};

const rules = [
  ...Object.entries(schemas).map(([topic, schema]) => ({
    name: topic,
    topics: topic,
    decode: 'json',
    onError: 'pass',
    require: { schema, ...(topic === 'else' && { else: 'pass' }) },
  })),
  ...Object.entries(conditions).map(([topic, when]) => ({ topics: topic, decode: 'json', when, drop: true })),
];

describe('a payload that makes a check fail', () => {
  it('is dropped, and a valid one passes', async () => {
    const { broker, server } = await serverOf({ publish: { onError: 'pass', rules } });
    const numbers = JSON.stringify({ list: Array.from({ length: 5000 }, () => 1) });
    const attempts: [string, string, string][] = [
      ...[
        '{"valueOf":0}',
        '{"toString":""}',
        '{"constructor":1}',
        '{"hasOwnProperty":0}',
        '{"a":{"valueOf":0}}',
      ].flatMap((payload): [string, string, string][] => [
        ['const', payload, 'dropped'],
        ['enum', payload, 'dropped'],
        ['within', `{"x":${payload}}`, 'dropped'],
      ]),
      ...['dynamic', 'endless', 'else'].map((topic): [string, string, string] => [
        topic,
        '{"a":1}',
        'dropped',
      ]),
      ['number', '{"t":"95"}', 'dropped'],
      ['number', '{"t":{}}', 'dropped'],
      ['convert', '{"t":"x"}', 'dropped'],
      ['divide', '{"t":95,"n":0}', 'dropped'],
      ['loop', numbers, 'dropped'],
      ['const', '{"a":1}', 'ignore'],
      ['enum', '{"b":[{"c":1}]}', 'ignore'],
      ['within', '{"x":{"a":1}}', 'ignore'],
      ['number', '{"t":20}', 'ignore'],
      // Missing fields and invalid JSON: as documented, onError and has() decide.
      ['number', '{"u":95}', 'ignore'],
      ['const', '{', 'ignore'],
    ];
    for (const [topic, payload, expected] of attempts)
      expect([topic, payload.slice(0, 40), await send(broker, topic, payload)]).toEqual([
        topic,
        payload.slice(0, 40),
        expected,
      ]);
    await server.stop();
  });
});

describe('a message longer than the part that is read', () => {
  it('is judged behind a mountpoint however long its topic is, and dropped where it cannot be', async () => {
    const policy = { publish: { onError: 'drop', rules: [{ topics: 'tenant1/#', drop: true }] } };
    const { broker } = await serverOf(policy);
    const longest = 'x'.repeat(65_535);
    expect(await send(broker, `tenant1/${longest}`, '')).toBe('dropped');
    expect(await send(broker, `tenant2/${longest}`, '')).toBe('ignore');
    expect(await send(broker, `tenant2/${longest.repeat(4)}`, '')).toBe('dropped');
  });
});
