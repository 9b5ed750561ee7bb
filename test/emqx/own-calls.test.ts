import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callersWithin, fetchOwnCalls, fetchOwnView } from '../../src/emqx/own-calls.ts';

const page = {
  warnings: [],
  registered: [],
  brokers: [
    {
      node: 'emqx@a',
      protocol: 'v3',
      calls: {
        'client.connect': { calls: 2, last: '2026-11-30T10:00:00.000Z' },
        'client.connected': { calls: 1, last: '2026-11-30T10:00:05.000Z' },
      },
    },
    { node: 'emqx@b', protocol: 'v3', calls: {} },
  ],
};

async function aPage(body: string, token?: string): Promise<number> {
  const server = createServer(({ url, headers }, response) => {
    const isAllowed = token === undefined || headers.authorization === `Bearer ${token}`;
    response.writeHead(url === '/hooksz' && isAllowed ? 200 : 401).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const admin = (port: number | 'shared', token?: string) => ({
  port,
  host: '127.0.0.1',
  open: false,
  ...(token !== undefined && { token }),
});

describe('the calls that this server knows of', () => {
  it('are when each node called last', async () => {
    const port = await aPage(JSON.stringify(page));
    expect([...((await fetchOwnCalls(admin(port) as never, {})) ?? [])]).toStrictEqual([
      ['emqx@a', Date.parse('2026-11-30T10:00:05.000Z')],
      ['emqx@b', 0],
    ]);
  });

  it('are asked for with the token', async () => {
    const port = await aPage(JSON.stringify(page), 'a-token');
    expect(await fetchOwnCalls(admin(port, 'a-token') as never, {})).toHaveProperty('size', 2);
    expect(await fetchOwnCalls(admin(port) as never, {})).toBeUndefined();
  });

  it.each(['<html>', '{}', '[]'])('are not known from %s', async (body) => {
    expect(await fetchOwnCalls(admin(await aPage(body)) as never, {})).toBeUndefined();
  });

  it('are not known if this server cannot be asked', async () => {
    expect(await fetchOwnCalls(undefined, {})).toBeUndefined();
    expect(await fetchOwnCalls(admin('shared') as never, {})).toBeUndefined();
    expect(await fetchOwnCalls(admin(1) as never, {})).toBeUndefined();
  });

  it('tell which nodes hold another list of hooks', async () => {
    const outdated = { missing: ['client.authenticate'], extra: [], otherTopics: [] };
    const brokers = page.brokers.map((one) => (one.node === 'emqx@b' ? { ...one, outdated } : one));
    const port = await aPage(JSON.stringify({ ...page, brokers }));
    const view = await fetchOwnView(admin(port) as never, {});
    expect([...(view.outdated ?? [])]).toStrictEqual([['emqx@b', outdated]]);
    expect((await fetchOwnView(undefined, {})).outdated?.size).toBe(0);
  });

  it('lists the nodes that called recently', () => {
    const calls = new Map([
      ['a', 1_000],
      ['b', 50_000],
    ]);
    expect([...callersWithin(calls, 60_000, 70_000)]).toStrictEqual(['b']);
    expect(callersWithin(undefined, 60_000, 0).size).toBe(0);
  });
});
