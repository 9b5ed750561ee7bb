import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { HttpClient, HttpRequest } from '../../src/lib/http-client/client.ts';
import { loadHttpClient } from '../../src/lib/http-client/load.ts';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

async function open(maxConnections = 4): Promise<HttpClient> {
  const { createHttpClient } = await loadHttpClient();
  const client = createHttpClient({ maxConnections, connectTimeout: 5000 });
  cleanups.push(() => client.close());
  return client;
}

async function originOf(server: net.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = http.createServer(handler);
  cleanups.push(() => server.closeAllConnections());
  return await originOf(server);
}

/** Talks as it likes to each connection, which is given with its number. */
async function listen(talk: (socket: Socket, number: number) => void): Promise<string> {
  let connections = 0;
  return await originOf(
    net.createServer((socket) => {
      cleanups.push(() => socket.destroy());
      socket.on('error', () => undefined);
      talk(socket, ++connections);
    }),
  );
}

const request = (origin: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  origin,
  method: 'POST',
  path: '/a?b=c',
  headers: {},
  body: Buffer.from('x'),
  signal: new AbortController().signal,
  maxBytes: 1000,
  ...more,
});

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

it('sends method, path, headers and body with its length, and gives the answer', async () => {
  let seen: object = {};
  const origin = await serve(async (given, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of given) chunks.push(chunk);
    seen = {
      method: given.method,
      url: given.url,
      headers: given.headers,
      body: String(Buffer.concat(chunks)),
    };
    response.writeHead(201, { 'X-One': '1', 'set-cookie': ['a', 'b'] }).end('done');
  });
  const client = await open();
  const answer = await client.send(
    request(origin, { headers: { 'x-name': 'ä' }, body: Buffer.from('body') }),
  );
  expect([answer.status, String(answer.body), answer.isTooLarge]).toEqual([201, 'done', false]);
  expect([answer.header('x-one'), answer.header('set-cookie'), answer.header('none')]).toEqual([
    '1',
    'a',
    '',
  ]);
  const headers = { 'x-name': 'ä', 'content-length': '4', connection: 'keep-alive' };
  expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c', body: 'body', headers });
});

it('leaves out headers that only a client can write', async () => {
  let seen: object = {};
  const origin = await serve((given, response) => {
    seen = given.headers;
    response.end();
  });
  const client = await open();
  const own = {
    'transfer-encoding': 'chunked',
    'content-length': '99',
    'keep-alive': 'timeout=1',
    upgrade: 'h2c',
    expect: '100-continue',
  };
  await client.send(request(origin, { headers: { ...own, 'x-mine': '1' } }));
  expect(seen).toMatchObject({ 'x-mine': '1', 'content-length': '1' });
  for (const name of ['transfer-encoding', 'keep-alive', 'upgrade', 'expect'])
    expect(seen).not.toHaveProperty(name);
});

it.each([301, 307])('does not follow a redirect with status %i', async (status) => {
  let requests = 0;
  const origin = await serve((_, response) => {
    requests++;
    response.writeHead(status, { location: '/elsewhere' }).end();
  });
  expect((await (await open()).send(request(origin))).status).toBe(status);
  expect(requests).toBe(1);
});

it('takes an informational answer for none', async () => {
  const origin = await listen((socket) =>
    socket.once('data', () => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}`)),
  );
  expect((await (await open()).send(request(origin))).status).toBe(200);
});

it('gives up on a body that is too large, and ends the connection', async () => {
  let ended: Promise<unknown> | undefined;
  const origin = await serve((given, response) => {
    ended = new Promise((resolve) => given.socket.once('close', resolve));
    response.writeHead(200).write('x'.repeat(2000));
  });
  const answer = await (await open()).send(request(origin));
  expect([answer.status, answer.isTooLarge, answer.body.length]).toEqual([200, true, 0]);
  await ended;
});

it.each<[string, string, (socket: Socket) => void]>([
  ['resets the connection', 'ECONNRESET', (socket) => socket.resetAndDestroy()],
  ['ends the connection', 'ECONNRESET', (socket) => socket.end()],
  ['ends within the head', 'ECONNRESET', (socket) => socket.end('HTTP/1.1 200 OK\r\nx: ')],
  [
    'ends within the body',
    'ECONNRESET',
    (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'),
  ],
  [
    'switches protocols',
    'ECONNRESET',
    (socket) => socket.write('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
  ['does not speak HTTP', 'HPE_INVALID', (socket) => socket.write('SSH-2.0-x\r\n\r\n')],
  [
    'sends a head without end',
    'HPE_HEADER_OVERFLOW',
    (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`),
  ],
])('fails with a code of Node when the server %s', async (_, code, answer) => {
  const origin = await listen((socket) => socket.once('data', () => answer(socket)));
  await expect((await open()).send(request(origin))).rejects.toMatchObject({
    name: 'HttpError',
    code,
    wasStale: false,
  });
});

it('fails with ERR_INVALID_CHAR for a header that cannot be sent, and does not repeat it', async () => {
  const origin = await serve((_, response) => response.end());
  const error = await (await open())
    .send(request(origin, { headers: { 'x-secret': 'a\nb' } }))
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_INVALID_CHAR' });
  expect(String((error as Error).stack)).not.toContain('x-secret');
});

it.each<[string, (socket: Socket) => void]>([
  ['ended', (socket) => socket.end()],
  ['reset', (socket) => socket.resetAndDestroy()],
])('tells that a kept connection was %s before it answered', async (_, end) => {
  const origin = await listen((socket) => {
    socket.once('data', () => {
      socket.write(OK);
      socket.once('data', () => end(socket));
    });
  });
  const client = await open(1);
  await client.send(request(origin));
  await expect(client.send(request(origin))).rejects.toMatchObject({ code: 'ECONNRESET', wasStale: true });
});

it('does not take an answer that broke off on a kept connection for one that did not begin', async () => {
  const origin = await listen((socket) => {
    socket.once('data', () => {
      socket.write(OK);
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
    });
  });
  const client = await open(1);
  await client.send(request(origin));
  await expect(client.send(request(origin))).rejects.toMatchObject({ code: 'ECONNRESET', wasStale: false });
});

it('opens at most the allowed number of connections, and lets the rest wait', async () => {
  let connections = 0;
  let most = 0;
  let underWay = 0;
  const server = http.createServer((_, response) => {
    most = Math.max(most, ++underWay);
    setTimeout(() => {
      underWay--;
      response.end();
    }, 20);
  });
  server.on('connection', () => connections++);
  cleanups.push(() => server.closeAllConnections());
  const origin = await originOf(server);
  const client = await open(3);
  await Promise.all(Array.from({ length: 30 }, () => client.send(request(origin))));
  expect([connections, most]).toEqual([3, 3]);
});

it('fails with ABORT_ERR when the signal is aborted: before, while it waits for a connection, while it waits for the answer', async () => {
  const origin = await listen(() => undefined);
  const client = await open(1);
  const aborted = { code: 'ABORT_ERR' };
  await expect(client.send(request(origin, { signal: AbortSignal.abort() }))).rejects.toMatchObject(aborted);
  const [running, waiting] = [new AbortController(), new AbortController()];
  const outcomes = [running, waiting].map(({ signal }) =>
    client.send(request(origin, { signal })).catch((error: unknown) => error),
  );
  waiting.abort();
  expect(await outcomes[1]).toMatchObject(aborted);
  running.abort();
  expect(await outcomes[0]).toMatchObject(aborted);
});

it('continues with the next request after an aborted one', async () => {
  const origin = await listen((socket, number) => {
    if (number > 1) socket.on('data', () => socket.write(OK));
  });
  const client = await open(1);
  const abort = new AbortController();
  const first = client.send(request(origin, { signal: abort.signal })).catch((error: unknown) => error);
  const second = client.send(request(origin));
  setTimeout(() => abort.abort(), 20);
  expect(await first).toMatchObject({ code: 'ABORT_ERR' });
  expect((await second).status).toBe(200);
});

it('closes connections in use when it is closed, and opens no others', async () => {
  let arrived = (): void => {};
  const hasArrived = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const origin = await listen((socket) => socket.on('data', () => arrived()));
  const client = await open();
  const outcome = client.send(request(origin)).catch((error: unknown) => error);
  await hasArrived;
  client.close();
  expect(await outcome).toMatchObject({ code: 'ECONNRESET' });
  await expect(client.send(request(origin))).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('fails with the code of the system when nobody listens', async () => {
  const server = net.createServer();
  const origin = await originOf(server);
  await new Promise((resolve) => server.close(resolve));
  await expect((await open()).send(request(origin))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
