/** Routes of the built server: the answers to a broker while a sink works, fails, and hangs. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { check } from '../support/check.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { type Answer, aBroker, wordsOf } from './support/broker.ts';
import { startServer, temporaryDirectory, temporaryFile } from './support/program.ts';

interface Service {
  readonly url: string;
  /** The ids of the events that were confirmed. */
  readonly ids: string[];
  /** Requests, answered or not. */
  requests: number;
  answers: number | 'never';
}

/** A service that takes events over HTTP, with configurable answers. */
async function aService(answers: Service['answers'] = 200): Promise<Service> {
  const server = createServer(async (request, response) => {
    service.requests++;
    const events = await idsOf(request);
    if (service.answers === 'never') return;
    if (service.answers === 200) service.ids.push(...events);
    end(response, service.answers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const service: Service = { url: `http://127.0.0.1:${port}/`, ids: [], requests: 0, answers };
  return service;
}

async function idsOf(request: IncomingMessage): Promise<string[]> {
  const body = await text(request);
  const id = request.headers['ce-id'];
  if (typeof id === 'string') return [id];
  return [JSON.parse(body)].flat().map((event: { id: string }) => event.id);
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}

async function aServer(service: Service, route: object, more: object = {}) {
  const directory = temporaryDirectory();
  const config = {
    log: { level: 'info', format: 'json' },
    sinks: { history: { http: { url: service.url }, queue: { retry: { min: '20ms', max: '100ms' } } } },
    events: { routes: [{ hooks: ['message.publish'], to: 'history', ...route }] },
    ...more,
  };
  const file = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
  return { server: await startServer(['--config', file]), directory, file };
}

const rpc = rpcFor('message.publish');

function publish(url: string, timeout: number) {
  const broker = aBroker(url);
  return async (id: string): Promise<Answer> => {
    const message = { id, topic: 't', from: 'c', payload: new TextEncoder().encode('hello') };
    await broker.connected();
    return await broker.call(rpc.path, requestOf(rpc, { message }), { deadline: Date.now() + timeout });
  };
}

const LONG = 20_000;
/** The server answers after four fifths of it: the rest is for a busy machine. */
const SHORT = 3_000;

describe('delivery: before-reply', () => {
  const route = { delivery: 'before-reply' };

  it('answers unchanged once the sink has the message', async () => {
    const service = await aService();
    const { server } = await aServer(service, route);
    const call = publish(server.url, LONG);
    const ids = Array.from({ length: 20 }, (_, i) => `m${i}`);
    const answers = await Promise.all(ids.map(call));
    for (const answer of answers) expect(wordsOf(rpc.path, answer)).toBe('ignore');
    expect(service.ids.toSorted()).toEqual(ids.map((id) => `${id}/message.publish`).toSorted());
  });

  it.each([
    ['error', /^status 14: /],
    ['drop', { headers: expect.objectContaining({ allow_publish: 'false' }) }],
    ['pass', 'ignore'],
  ])('answers as onFailure: %s says when the sink hangs', async (onFailure, words) => {
    const service = await aService('never');
    const { server } = await aServer(service, { ...route, onFailure });
    const answer = await publish(server.url, SHORT)('m1');
    if (words instanceof RegExp) expect(wordsOf(rpc.path, answer)).toMatch(words);
    else
      expect(wordsOf(rpc.path, answer)).toEqual(
        typeof words === 'string' ? words : expect.objectContaining(words),
      );
    await server.kill();
  });

  it('waits for a sink that fails and comes back in time', async () => {
    const service = await aService(503);
    const { server } = await aServer(service, route);
    const answer = publish(server.url, LONG)('m1');
    await expect.poll(() => service.requests).toBeGreaterThan(1);
    service.answers = 200;
    expect(wordsOf(rpc.path, await answer)).toBe('ignore');
    expect(service.ids).toEqual(['m1/message.publish']);
  });
});

describe('overflow: spool', () => {
  it('loses no answered message when the server is killed', async () => {
    const service = await aService(503);
    const { server, file } = await aServer(service, { overflow: 'spool' }, { spool: { path: './spool' } });
    const call = publish(server.url, LONG);
    const ids = Array.from({ length: 20 }, (_, i) => `m${i}`);
    for (const id of ids) expect(wordsOf(rpc.path, await call(id))).toBe('ignore');
    await server.kill();
    service.answers = 200;
    await startServer(['--config', file]);
    await expect.poll(() => new Set(service.ids).size, { timeout: 20_000 }).toBe(ids.length);
    const firsts = [...new Set(service.ids)];
    expect(firsts).toEqual(ids.map((id) => `${id}/message.publish`));
  });
});

describe('the end of a server', () => {
  it('reports how many events are lost without a spool', async () => {
    const service = await aService('never');
    const { server } = await aServer(service, {}, { drain: { timeout: '1s' } });
    const call = publish(server.url, LONG);
    for (const id of ['m1', 'm2', 'm3']) await call(id);
    await server.stop();
    expect(server.log.at(-1)).toMatchObject({ severity: 'WARNING', lost: 3 });
  });

  it('puts them into the spool when there is one', async () => {
    const service = await aService('never');
    const more = { drain: { timeout: '1s' }, spool: { path: './spool' } };
    const { server, file } = await aServer(service, {}, more);
    const call = publish(server.url, LONG);
    for (const id of ['m1', 'm2', 'm3']) await call(id);
    await server.stop();
    expect(server.log.at(-1)).toMatchObject({ severity: 'INFO', spooled: 3 });
    service.answers = 200;
    await startServer(['--config', file]);
    await expect.poll(() => service.ids).toEqual(['m1', 'm2', 'm3'].map((id) => `${id}/message.publish`));
  });
});

describe('an event that a sink rejects permanently', () => {
  it('is with the dead letters', async () => {
    const service = await aService(400);
    const sinks = { history: { http: { url: service.url }, deadLetter: { file: './dead.jsonl' } } };
    const { server, directory } = await aServer(service, {}, { sinks });
    await publish(server.url, LONG)('m1');
    await server.logged(/dead letters/);
    await server.stop();
    const letter = JSON.parse(readFileSync(join(directory, 'dead.jsonl'), 'utf8'));
    expect(letter).toMatchObject({ sink: 'history', id: 'm1/message.publish', format: 'structured' });
  });
});

describe('a required sink', () => {
  it('keeps the server from being ready while it cannot be reached', async () => {
    const service = await aService();
    const sinks = { history: { http: { url: 'http://127.0.0.1:1/' }, require: true } };
    const { server } = await aServer(service, {}, { sinks });
    await expect
      .poll(async () => await (await fetch(`${server.url}/readyz`)).text())
      .toBe('not ready: the sink history cannot be reached\n');
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

it('a condition that cannot be used is found before the start', async () => {
  const file = temporaryFile(
    'exhook.yaml',
    'sinks: { a: { stdout: {} } }\nevents: { routes: [ { hooks: ["*"], when: "message.(", to: a } ] }',
  );
  const { code, stderr } = await check(file);
  expect([code, stderr]).toEqual([2, expect.stringContaining('events.routes[0].when: ')]);
});
