/** Names and payloads that are long to match: each call must be answered, by a server that has others to answer. */
import { describe, expect, it } from 'vitest';
import { type Broker, wordsOf } from '../program/support/broker.ts';
import { publish } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const EMAIL = '^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$';
const COSTLY = '([a-z]{1,50}){1,10}0';
/** As one call that took a second would end the rest of them at the deadline of the client, 20 s. */
const CALLS = 60;

/** Of 64 KiB, as MQTT allows; for each something that no look at its characters rules out. */
const names = [
  'a'.repeat(65_535),
  `0${'a'.repeat(65_534)}`,
  'a@'.repeat(32_767),
  'a.b@c.'.repeat(10_000),
  `0@.c${'ab'.repeat(32_000)}`,
];

describe('names of 64 KiB', () => {
  it('are allowed nothing by a regular expression, and denied what one denies', async () => {
    const who = (regex: string) => ({ username: { regex } });
    const rules = [
      { name: 'mail', allow: 'all', topics: 'mail/#', who: who(EMAIL) },
      { name: 'others', allow: 'all', topics: 'others/#', who: { not: who(COSTLY) } },
      { name: 'denied', deny: 'all', topics: 'open/#', who: who(COSTLY) },
      { name: 'open', allow: 'all', topics: 'open/#' },
      { name: 'exact', allow: 'all', topics: 'exact/#', who: { any: [who(COSTLY), { clientid: 'c1' }] } },
    ];
    const { broker, server } = await serverOf({ authorize: { rules } });
    const ask = (username: string, topic: string) => publish(broker, { clientid: 'c1', username }, topic);
    const topics = ['mail/x', 'others/x', 'open/x'];
    const attempts = Array.from(
      { length: CALLS },
      (_, i) => [names[i % names.length], topics[i % 3]] as const,
    );
    const verdicts = await Promise.all(attempts.map(([name = '', topic = '']) => ask(name, topic)));
    expect(verdicts).toEqual(attempts.map(() => false));
    expect(await ask('ann@acme.example', 'mail/x')).toBe(true);
    expect(await ask('ann', 'open/x')).toBe(true);
    expect(await ask(names[0] as string, 'exact/x')).toBe(true);
    await server.stop();
  });

  it('are denied by hundreds of rules as by one', async () => {
    const rules = Array.from({ length: 300 }, (_, i) => ({
      allow: 'all',
      who: { username: { regex: `(a|b)*a(a|b){${20 + (i % 10)}}[${i % 10}x]y$` } },
    }));
    const { broker, server } = await serverOf({ authorize: { rules } });
    const lengths = [100, 1000, 8000, 16_000, 65_000];
    const verdicts = await Promise.all(
      Array.from({ length: CALLS }, (_, i) =>
        publish(broker, { clientid: 'c1', username: 'ab'.repeat((lengths[i % 5] ?? 0) / 2) }, 'a'),
      ),
    );
    expect(new Set(verdicts)).toEqual(new Set([false]));
    await server.stop();
  });
});

const rpc = rpcFor('message.publish');

async function send(broker: Broker, topic: string, payload: unknown): Promise<unknown> {
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const words = wordsOf(
    rpc.path,
    await broker.call(rpc.path, requestOf(rpc, { message: { topic, payload: bytes } })),
  );
  if (typeof words !== 'object' || words === null) return words;
  const { headers } = words as { headers?: { allow_publish?: string } };
  return headers?.allow_publish === 'false' ? 'dropped' : 'changed';
}

describe('payloads that are long to match', () => {
  it('are dropped by a schema and by a condition, and short ones are judged', async () => {
    const rules = [
      { topics: 'text', decode: 'json', require: { schema: { pattern: '^[a-z]+$' } } },
      { topics: 'not', decode: 'json', require: { schema: { not: { pattern: COSTLY } } } },
      {
        topics: 'list',
        decode: 'json',
        require: { schema: { items: { not: { pattern: '(a|b)*a(a|b){20}c' } } } },
      },
      { topics: 'keys', decode: 'json', require: { schema: { patternProperties: { [COSTLY]: false } } } },
      { topics: 'when', decode: 'json', when: `payload.matches("${COSTLY}")`, drop: true },
      { topics: 'loop', decode: 'json', when: `payload.exists(x, x.matches("${COSTLY}"))`, drop: true },
    ];
    const { broker, server } = await serverOf({ publish: { rules } });
    const long = 'a'.repeat(65_000);
    const attacks: [string, unknown][] = [
      ['text', 'a'.repeat(900_000)],
      ['not', long],
      ['list', Array.from({ length: 5000 }, (_, i) => `c${'ab'.repeat(40)}${i}`)],
      ['keys', { [long]: 1 }],
      ['when', long],
      ['loop', Array.from({ length: 2000 }, () => '0'.padEnd(200, 'a'))],
    ];
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(attacks.map(([topic, payload]) => send(broker, topic, payload)));
      expect(answers).toEqual(attacks.map(() => 'dropped'));
    }
    const harmless: [string, unknown][] = [
      ['text', 'a'.repeat(100_000)],
      ['not', 'abc'],
      ['list', ['a', 'b']],
      ['keys', { a: 1 }],
      ['when', 'abc'],
      ['loop', ['abc']],
    ];
    for (const [topic, payload] of harmless)
      expect([topic, await send(broker, topic, payload)]).toEqual([topic, 'ignore']);
    await server.stop();
  });
});
