/** Packets that are nothing but user properties or topic filters, as many as 1 MB holds, against the built server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_LIST_ITEMS } from '../../src/protocol/schema/list-limit.ts';
import type { Broker } from '../program/support/broker.ts';
import { wordsOf } from '../program/support/broker.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { aClient, aConnection } from '../support/inputs.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const MANY = 180_000;
const manyOf = <Item>(make: (i: number) => Item): Item[] => Array.from({ length: MANY }, (_, i) => make(i));
const properties = (last: string) => [
  ...manyOf(() => ({ name: 'k', value: '' })),
  { name: last, value: '1' },
];
const filters = manyOf((i) => ({ name: `$queue/q/${i}`, subopts: { qos: 1 } }));

async function send(broker: Broker, hook: Parameters<typeof rpcFor>[0], fields: object, version?: 'v2') {
  const rpc = rpcFor(hook, version);
  return wordsOf(rpc.path, await broker.call(rpc.path, requestOf(rpc, fields)));
}

const message = { id: 'm', from: 'c', topic: 'a', payload: new Uint8Array([1]) };
const verdictOf = (words: unknown) =>
  (words as { headers?: { allow_publish?: string } }).headers?.allow_publish ?? words;

describe('packets of 1 MB with nothing but small items', () => {
  it('do not hide a property from a rule that drops', async () => {
    const rules = [{ when: '"secret" in user_props', drop: true }];
    const { broker, server } = await serverOf({ publish: { rules } });
    const publish = async (userProps: object[]) =>
      verdictOf(await send(broker, 'message.publish', { message, userProps }));
    expect(await publish(properties('secret'))).toBe('false');
    expect(await publish([{ name: 'secret', value: '1' }])).toBe('false');
    expect(await publish([{ name: 'k', value: '1' }])).toBe('ignore');
    await server.stop();
  });

  it('are answered, and their events tell the first items and that there were more', async () => {
    const { broker, server, directory } = await serverOf({
      events: {
        routes: [{ hooks: ['client.connect', 'client.subscribe', 'client.unsubscribe'], to: 'disk' }],
      },
      sinks: { disk: { file: { path: './events.ndjson' } } },
    });
    const { password: _, ...clientinfo } = { ...aClient(), password: '' };
    const term = `[${manyOf(() => '{<<"k">>,<<1>>}').join(',')}]`;
    const props = [{ name: 'User-Property', value: term }];
    const calls = [
      send(broker, 'client.subscribe', { clientinfo, topicFilters: filters }),
      send(broker, 'client.unsubscribe', { clientinfo, topicFilters: filters }),
      send(broker, 'client.connect', { conninfo: aConnection(), userProps: properties('last') }),
      send(broker, 'client.connect', { conninfo: aConnection(), props }, 'v2'),
    ];
    expect(await Promise.all(calls)).toEqual(calls.map(() => 'success'));
    await server.stop();
    const lines = readFileSync(join(directory, 'events.ndjson'), 'utf8').trim().split('\n');
    const told = lines.map((line) => JSON.parse(line).data as Record<string, unknown[]>);
    expect(told).toHaveLength(calls.length);
    for (const data of told) {
      const [name] = data.shortened as string[];
      expect(data[name ?? '']).toHaveLength(MAX_LIST_ITEMS);
    }
  });
});
