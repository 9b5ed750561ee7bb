/** Messages and names that make rules costly: each comes to an end at once, and other calls are answered meanwhile. */
import { describe, expect, it } from 'vitest';
import { type Broker, wordsOf } from '../program/support/broker.ts';
import { publish } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const rpc = rpcFor('message.publish');
/** So many that take seconds each miss the deadline of the client, 20 s. */
const CALLS = 8;
/** Beside the same messages on a topic without rules: that many times as long may a short call take. */
const SLOWDOWN = 25;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const keysOf = (count: number) => Object.fromEntries(numbers(count).map((i) => [`k${i}`, i]));

async function send(broker: Broker, topic: string, payload: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const words = wordsOf(
    rpc.path,
    await broker.call(rpc.path, requestOf(rpc, { message: { topic, payload: bytes } })),
  );
  if (typeof words !== 'object' || words === null) return String(words);
  const { headers } = words as { headers?: { allow_publish?: string } };
  return headers?.allow_publish === 'false' ? 'dropped' : 'changed';
}

/** A condition with `drop` that comes to no answer drops; one that is answered with no lets the message go. */
const conditions: readonly (readonly [name: string, when: string, payload: unknown, outcome: string])[] = [
  [
    'index',
    '!payload.readings.all(r, payload.limits[0] <= r)',
    { readings: numbers(800), limits: numbers(95_000) },
    'ignore',
  ],
  ['keys', '!payload.t.all(r, size(payload.m) > r)', { t: numbers(500), m: keysOf(60_000) }, 'ignore'],
  [
    'last',
    'payload.text.lastIndexOf(payload.name) >= 0',
    { text: 'a'.repeat(225_000), name: `b${'a'.repeat(110_000)}` },
    'ignore',
  ],
  [
    'digits',
    'payload.l.exists(r, int(payload.text) == 1)',
    { l: numbers(30), text: '9'.repeat(400_000) },
    'dropped',
  ],
  [
    'equal',
    'payload.t.exists(r, payload.a != payload.b)',
    { t: numbers(100), a: numbers(45_000), b: numbers(45_000) },
    'dropped',
  ],
  [
    'search',
    'payload.t.exists(r, payload.text.contains(payload.part))',
    { t: numbers(500), text: 'a'.repeat(200_000), part: `${'a'.repeat(100_000)}b` },
    'dropped',
  ],
];

const below = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] };
const doubling = { oneOf: [{ allOf: [below, false] }, below, { type: 'array', uniqueItems: true }] };

/** Short calls, one after another, as long as the costly ones take. @returns how many are answered in a second. */
async function answeredMeanwhile(broker: Broker, costly: Promise<unknown>): Promise<number> {
  const since = performance.now();
  let isDone = false;
  let answered = 0;
  const done = costly.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    expect(await send(broker, 'short', { v: 1 })).toBe('ignore');
    answered++;
  }
  await done;
  return (1000 * answered) / (performance.now() - since);
}

describe('payloads that are costly to judge', () => {
  it('are dropped or let go, while other messages are judged', async () => {
    const rules = [
      ...conditions.map(([name, when]) => ({ topics: name, decode: 'json', when, drop: true })),
      { topics: 'schema', decode: 'json', require: { schema: doubling } },
      { topics: 'set', decode: 'json', set: { payload: { a: 1, b: 2, c: 3, d: 4, e: 5 } } },
      { topics: 'short', decode: 'json', when: 'payload.v > 1', drop: true },
    ];
    // A payload that is too large to be decoded would be dropped, and not judged.
    const { broker, server } = await serverOf({ publish: { onError: 'drop', rules } });
    let leaf: unknown = numbers(50_000);
    for (let i = 0; i < 12; i++) leaf = { next: leaf };
    const attacks: [string, unknown, string][] = [
      ...conditions.map(([name, , payload, outcome]): [string, unknown, string] => [name, payload, outcome]),
      ['schema', leaf, 'dropped'],
      ['set', keysOf(60_000), 'changed'],
    ];
    for (const [topic, payload, outcome] of attacks) {
      const flood = (to: string) => Promise.all(numbers(CALLS).map(() => send(broker, to, payload)));
      const usual = await answeredMeanwhile(broker, flood('no rule'));
      const calls = flood(topic);
      const answered = await answeredMeanwhile(broker, calls);
      expect([topic, new Set(await calls)]).toEqual([topic, new Set([outcome])]);
      expect([topic, answered > usual / SLOWDOWN]).toEqual([topic, true]);
    }
    await server.stop();
  });
});

describe('names that are costly to search', () => {
  it('are judged in linear time', async () => {
    const rules = [
      { allow: 'all', topics: '#', when: '!topic.contains(clientid)' },
      { deny: 'all', topics: '#' },
    ];
    const { broker, server } = await serverOf({ authorize: { rules } });
    const clientid = `${'a'.repeat(250)}b${'a'.repeat(32_500)}`;
    const ask = () => publish(broker, { clientid, username: 'u' }, 'a'.repeat(65_000));
    // Of half a second each they would take twice the deadline of the client.
    expect(await Promise.all(numbers(80).map(ask))).toEqual(numbers(80).map(() => true));
    expect(await publish(broker, { clientid: 'c1', username: 'u' }, 'x/c1')).toBe(false);
    await server.stop();
  });
});
