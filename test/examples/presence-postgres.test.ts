/** Presence in PostgreSQL: the view is right whatever the order of events, and the example works as it stands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exhook, startServer, temporaryFile } from '../program/support/program.ts';
import { isPostgresMissing, password, queryPostgres, user } from '../support/servers/postgres.ts';
import { sharedPort } from '../support/servers/shared.ts';
import { root } from '../support/source.ts';

const directory = join(root, 'examples/presence-postgres');
const read = (name: string) => readFileSync(join(directory, name), 'utf8');

type Kind = 'connected' | 'disconnected';
interface Event {
  readonly kind: Kind | 'loaded';
  readonly node: string;
  readonly port: number;
  readonly reason?: string;
  /** Of the broker, in seconds. */
  readonly uptime?: number;
}

const up = (port: number, node = 'a'): Event => ({ kind: 'connected', node, port });
const down = (port: number, node = 'a', reason = 'tcp_closed'): Event => ({
  kind: 'disconnected',
  node,
  port,
  reason,
});
const loaded = (uptime: number, node = 'a'): Event => ({ kind: 'loaded', node, port: 0, uptime });

/** A recording up to where `v5-client` is connected for the last time: 4 clients are online then. */
function beforeTheEnd(text: string): string {
  const lines = text.split('\n');
  const isLast = (line: string) =>
    line.includes('/OnClientConnected"') && line.includes('"clientid": "v5-client"');
  return `${lines.slice(0, lines.findLastIndex(isLast) + 1).join('\n')}\n`;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

/** Each with the port and node that is online in the end, whatever the order; nothing when the client is offline. */
const stories: readonly [string, readonly Event[], string | undefined][] = [
  ['connects', [up(1)], 'a:1'],
  ['connects and leaves', [up(1), down(1)], undefined],
  ['reconnects', [up(1), down(1), up(2)], 'a:2'],
  ['is taken over on another node', [up(1), up(1, 'b'), down(1)], 'b:1'],
  ['is taken over, and leaves', [up(1), up(2, 'b'), down(1), down(2, 'b')], undefined],
  ['reconnects twice', [up(1), down(1), up(2), down(2), up(3)], 'a:3'],
  ['is reported twice', [up(1), up(1), down(1), up(2), up(2)], 'a:2'],
  ['leaves, reported twice at the start only', [up(1), up(1), down(1)], undefined],
  ['leaves, reported twice at the end only', [up(1), down(1), down(1)], undefined],
  ['is left alone when its broker connects to us anew', [up(1), loaded(3600), loaded(3601)], 'a:1'],
  ['connects to a broker without ports', [up(0)], 'a:0'],
];

describe.skipIf(isPostgresMissing)('examples/presence-postgres', () => {
  let port: number;
  const query = (text: string, values?: readonly unknown[]) => queryPostgres(port, text, values, 'presence');
  beforeAll(async () => {
    port = await sharedPort('postgres');
    await queryPostgres(port, 'CREATE DATABASE presence');
    await query(read('schema.sql'));
  }, 60_000);

  /** Writes one event as the sink does. @param at seconds after a fixed time. */
  async function write(events: readonly { event: Event; client: string; at: number }[]): Promise<void> {
    const rows = events.map(({ event: { kind, node, port, uptime, reason }, client, at }, index) => ({
      id: `${client}/${index}`,
      type: kind === 'loaded' ? 'emqx.provider.loaded' : `emqx.client.${kind}`,
      // A loaded event concerns the whole node: each order uses other nodes.
      source: `emqx://emqxcl/${node}@${client}`,
      time: new Date(Date.UTC(2030, 0, 1) + at * 1000).toISOString(),
      key: client,
      content_type: 'application/cloudevents+json',
      data:
        kind === 'loaded'
          ? { broker: { uptime } }
          : { clientinfo: { clientid: client, username: '', peerhost: '192.0.2.1', peerport: port }, reason },
    }));
    await query(
      `INSERT INTO presence_events (id, type, source, time, key, content_type, data)
       SELECT id, type, source, time, key, content_type, data FROM jsonb_to_recordset($1::jsonb)
       AS r (id text, type text, source text, time timestamptz, key text, content_type text, data jsonb)`,
      [JSON.stringify(rows)],
    );
  }

  async function online(prefix: string): Promise<Map<unknown, string>> {
    const rows = await query('SELECT * FROM online WHERE starts_with(clientid, $1)', [prefix]);
    return new Map(
      rows.map(({ clientid, source, peerport }) => {
        const node = /emqxcl\/(.*?)@/.exec(String(source))?.[1];
        return [clientid, `${node}:${peerport}`];
      }),
    );
  }

  it.each(stories)('is right in every order when a client %s', async (story, events, expected) => {
    const orders = permutations(events);
    const clients = orders.map((_, index) => `${story}-${index}`);
    await write(
      orders.flatMap((order, index) =>
        order.map((event, at) => ({ event, client: clients[index] ?? '', at })),
      ),
    );
    const seen = await online(`${story}-`);
    expect(clients.map((client) => seen.get(client))).toEqual(clients.map(() => expected));
  });

  it('ends only the connections from before a node started', async () => {
    await write([
      { event: up(1), client: 'stays', at: 0 },
      { event: up(1), client: 'restart', at: 0 },
    ]);
    expect((await online('restart')).size).toBe(1);
    await query("DELETE FROM presence_events WHERE clientid = 'restart'");
    await write([
      { event: up(1), client: 'restart', at: 0 },
      { event: loaded(10), client: 'restart', at: 100 },
    ]);
    expect((await online('restart')).size).toBe(0);
    expect((await online('stays')).size).toBe(1);
  });

  it('takes no takeover for an end where a broker has no ports, in any order', async () => {
    const orders = permutations([up(0), up(0, 'b'), down(0, 'a', 'takenover'), down(0, 'a', 'takenover')]);
    await write(orders.flatMap((order, n) => order.map((event, at) => ({ event, client: `old-${n}`, at }))));
    expect((await online('old-')).size).toBe(orders.length);
  });

  it('lets the last event win where a broker has no ports', async () => {
    const events = [up(0), down(0), down(0, 'a', 'takenover'), up(0), down(0), up(0)];
    for (const [at, event] of events.entries()) {
      const client = `portless-${at}`;
      await write(events.slice(0, at + 1).map((one, index) => ({ event: one, client, at: index })));
      const expected = event.reason === undefined ? 'a:0' : undefined;
      expect((await online(client)).get(client)).toBe(expected);
    }
  });

  it('knows a port that is used again', async () => {
    const events = [up(7), down(7), up(7)];
    await write(events.map((event, index) => ({ event, client: 'again', at: index * 120 })));
    expect((await online('again')).get('again')).toBe('a:7');
  });

  it('shows who is online after a recording, with the configuration as it stands', async () => {
    await query('TRUNCATE presence_events');
    const file = read('exhook.yaml')
      .replace('port: 5432', `port: ${port}`)
      .replace('user: exhook', `user: ${user}`);
    const config = temporaryFile('exhook.yaml', file);
    const running = await startServer(['--config', config], { env: { PRESENCE_PASSWORD: password } });
    const recordings = ['5.3.2', '5.10.3'].map((version) => {
      const text = readFileSync(join(root, `test/fixtures/recordings/emqx-${version}.jsonl`), 'utf8');
      return temporaryFile(`${version}.jsonl`, beforeTheEnd(text));
    });
    for (const recording of recordings) {
      const replay = ['replay', '--summary', '--speed', '1', '--url', running.url, recording];
      expect((await exhook(replay)).code).toBe(0);
    }
    // The end of the server waits for its queues.
    expect((await running.stop()).code).toBe(0);
    const rows = await query('SELECT clientid, source FROM online ORDER BY clientid');
    const source = expect.stringMatching(/^emqx:\/\/emqxcl\/emqx/);
    expect(rows).toEqual(['p5', 'pub-a', 'sub-a', 'v5-client'].map((clientid) => ({ clientid, source })));
    // Each broker has told when it started, and that its connections are younger.
    expect(await query('SELECT source FROM node_starts')).toHaveLength(2);
  }, 60_000);
});
