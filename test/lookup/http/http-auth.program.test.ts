import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpAuth, type HttpAuthOptions, openHttpAuth } from '../../../src/lookup/http/http-auth.ts';
import { until } from '../../support/servers/process.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const client = { clientid: 'c1', username: 'anna', password: 'SECRET-tide-pool' };
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

async function setup(handler: Handler, options: Partial<HttpAuthOptions> = {}) {
  const requests: { url: string; method: string; body: string }[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push({ url: request.url ?? '', method: request.method ?? '', body });
    handler(request, response, body);
  });
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const auth = await openHttpAuth({
    url: `http://127.0.0.1:${port}/auth/\${clientid}?p=\${password}`,
    headers: { authorization: 'Bearer SECRET-header' },
    body: { username: '${username}', password: '${password}' },
    timeout: 5000,
    retries: 0,
    now: Date.now,
    monotonic: () => performance.now(),
    random: () => 0,
    ...options,
  });
  cleanups.push(() => {
    auth.close();
    server.closeAllConnections();
    server.close();
  });
  return { auth, requests, server, connections: () => connections };
}

const reply = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};

async function failure(auth: HttpAuth, signal?: AbortSignal) {
  const error = await auth.ask(client, { signal }).then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { code: string },
  );
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    expect(`${cause.message} ${cause.stack} ${JSON.stringify(cause)}`).not.toContain('SECRET');
  }
  return error;
}

describe('openHttpAuth', () => {
  it('asks and gives the verdict, over kept-alive connections', async () => {
    const { auth, requests, connections } = await setup((_, response, body) => {
      reply(response, {
        result: JSON.parse(body).password === client.password ? 'allow' : 'deny',
        is_superuser: true,
      });
    });
    expect(await auth.ask(client)).toEqual({ result: 'allow', isSuperuser: true, clientAttrs: {} });
    expect(await auth.ask({ ...client, password: 'x' })).toEqual({ result: 'deny' });
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/auth/c1?p=SECRET-tide-pool' });
    for (let i = 0; i < 10; i++) await auth.ask(client);
    // undici lets a turn of the event loop pass before it uses a connection again.
    expect(connections()).toBeLessThanOrEqual(2);
  });

  it.each(['get', 'post'] as const)('sends headers of %s in UTF-8, whatever they hold', async (method) => {
    const raw: string[] = [];
    const { auth } = await setup(
      ({ rawHeaders }, response) => {
        raw.push(rawHeaders[rawHeaders.indexOf('x-id') + 1] ?? '');
        reply(response, { result: 'allow' });
      },
      { method, headers: { 'x-id': '${clientid}' } },
    );
    for (const clientid of ['é', '水', '\u{1f600}']) {
      await auth.ask({ ...client, clientid });
      // Node reads headers as Latin-1: a character is a byte.
      expect(Buffer.from(raw.at(-1) ?? '', 'latin1').toString('hex')).toBe(
        Buffer.from(clientid).toString('hex'),
      );
    }
  });

  it.each([
    ['application/x-www-form-urlencoded', 'result=allow'],
    ['Application/X-WWW-Form-Urlencoded ; charset="utf-8"', 'result=allow'],
    ['application/x-www-form-urlencoded; a="b; c"', 'result=allow'],
    ['application/json ; charset=UTF-8', '{"result":"allow"}'],
    ['application/json; charset=utf-8', '\ufeff{"result":"allow"}'],
    ['application/json; charset=utf-16le', Buffer.from('{"result":"allow"}', 'utf16le')],
    ['application/json; charset=nonsense', '{"result":"allow"}'],
  ])('reads an answer of the type %s', async (type, body) => {
    const { auth } = await setup((_, response) =>
      response.writeHead(200, { 'content-type': type }).end(body),
    );
    expect(await auth.ask(client)).toMatchObject({ result: 'allow' });
  });

  it('opens at most the allowed number of connections', async () => {
    const { auth, connections } = await setup(
      (_, response) => void setTimeout(() => reply(response, { result: 'allow' }), 5),
      { maxSockets: 2 },
    );
    await Promise.all(Array.from({ length: 20 }, () => auth.ask(client)));
    expect(connections()).toBe(2);
  });

  it('takes 204 as allow, a refusal of the service as ignore', async () => {
    let status = 204;
    const { auth } = await setup((_, response) => void response.writeHead(status).end());
    expect(await auth.ask(client)).toMatchObject({ result: 'allow' });
    for (status of [401, 403, 404]) expect(await auth.ask(client)).toEqual({ result: 'ignore' });
  });

  it('does not follow redirects', async () => {
    const { auth, requests } = await setup(
      (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
    );
    expect(await auth.ask(client)).toEqual({ result: 'ignore' });
    expect(requests).toHaveLength(1);
  });

  it('denies what had expired when it was said', async () => {
    const { auth } = await setup((_, response) => reply(response, { result: 'allow', expire_at: 1 }));
    expect(await auth.ask(client)).toMatchObject({ result: 'deny' });
  });

  it('denies without asking when a value would lead elsewhere', async () => {
    const { auth, requests } = await setup((_, response) => reply(response, { result: 'allow' }));
    expect(await auth.ask({ ...client, clientid: '..' })).toEqual({ result: 'deny' });
    expect(requests).toEqual([]);
  });

  it.each<[string, Handler, RegExp]>([
    ['is broken', (_, response) => reply(response, {}, 500), /HTTP status 500/],
    [
      'talks nonsense',
      (_, response) => void response.end('<html>SECRET</html>'),
      /does not have the expected form/,
    ],
    ['resets the connection', (request) => request.socket.destroy(), /ECONNRESET/],
    [
      'breaks off in the middle',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"result":');
        setTimeout(() => request.socket.destroy(), 5);
      },
      /ECONNRESET/,
    ],
    ['sends too much', (_, response) => void response.end('x'.repeat(1_000_000)), /RESPONSE_TOO_LARGE/],
    ['does not speak HTTP', (request) => void request.socket.end('SSH-2.0-x\r\n\r\n'), /HPE_/],
  ])('fails when the service %s', async (_, handler, message) => {
    const { auth } = await setup(handler);
    const error = await failure(auth);
    expect(error).toMatchObject({ code: 'lookup_failed' });
    expect(error?.message).toMatch(message);
  });

  it('stops reading when an answer is larger than allowed', async () => {
    let sent = 0;
    const { auth } = await setup((request, response) => {
      const pump = () => {
        while (!request.socket.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
        if (!request.socket.destroyed) response.once('drain', pump);
      };
      pump();
    });
    expect((await failure(auth))?.message).toMatch(/RESPONSE_TOO_LARGE/);
    expect(sent).toBeLessThan(20_000_000);
  });

  it('fails when nobody listens', async () => {
    const { auth, server } = await setup(() => {});
    server.close();
    expect(await failure(auth)).toMatchObject({
      code: 'lookup_failed',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  it.each<[string, Handler]>([
    ['is silent', () => {}],
    [
      'is slow',
      (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('gives up in time when the service %s', async (_, handler) => {
    const { auth } = await setup(handler, { timeout: 80 });
    expect(await failure(auth)).toMatchObject({ code: 'lookup_timeout' });
  });

  it('asks nobody for a caller who has gone', async () => {
    const { auth, requests } = await setup((_, response) => reply(response, { result: 'allow' }));
    expect(await failure(auth, AbortSignal.abort())).toMatchObject({ code: 'lookup_timeout' });
    expect(requests).toEqual([]);
  });

  it('gives the answer also to a caller who has gone meanwhile', async () => {
    const abort = new AbortController();
    const { auth } = await setup((_, response) => {
      abort.abort();
      setTimeout(() => reply(response, { result: 'allow' }), 20);
    });
    expect(await auth.ask(client, { signal: abort.signal })).toMatchObject({ result: 'allow' });
  });

  it('tries again within the time, also after silence', async () => {
    let count = 0;
    const { auth } = await setup(
      (request, response) => {
        count++;
        if (count === 1) return;
        if (count === 2) request.socket.destroy();
        else reply(response, { result: 'allow' });
      },
      { retries: 2, timeout: 1500 },
    );
    expect(await auth.ask(client)).toMatchObject({ result: 'allow' });
    expect(count).toBe(3);
  });

  it('survives a kept-alive connection that the service has closed', async () => {
    const { auth, server } = await setup((_, response) => reply(response, { result: 'allow' }), {
      retries: 1,
    });
    await auth.ask(client);
    server.closeAllConnections();
    expect(await auth.ask(client)).toMatchObject({ result: 'allow' });
  });

  it('leaves a service alone that fails again and again', async () => {
    let now = 0;
    let isBroken = true;
    const { auth, requests } = await setup(
      (_, response) => reply(response, { result: 'allow' }, isBroken ? 500 : 200),
      {
        breaker: { failures: 3, openFor: 1000 },
        monotonic: () => now,
      },
    );
    for (let i = 0; i < 10; i++) expect(await failure(auth)).toMatchObject({ code: 'lookup_failed' });
    expect(requests).toHaveLength(3);
    expect(auth.breakerState).toBe('open');
    now = 1000;
    isBroken = false;
    expect(await auth.ask(client)).toMatchObject({ result: 'allow' });
    expect(auth.breakerState).toBe('closed');
  });

  it.each<[string, Handler]>([
    ['no JSON', (_, response) => void response.end('<html>')],
    ['an unknown result', (_, response) => reply(response, { result: 'perhaps' })],
    [
      'attributes that are no texts',
      (_, response) => reply(response, { result: 'allow', client_attrs: [5] }),
    ],
    ['too many bytes', (_, response) => void response.end('x'.repeat(100_000))],
  ])('keeps asking a service whose answers contain %s, and asks once for each', async (_, answer) => {
    let count = 0;
    const { auth, requests } = await setup(
      (request, response, body) =>
        ++count % 6 === 0 ? reply(response, { result: 'allow' }) : answer(request, response, body),
      { breaker: { failures: 3 }, retries: 2 },
    );
    for (let i = 1; i <= 18; i++) {
      if (i % 6 === 0) expect(await auth.ask(client)).toMatchObject({ result: 'allow' });
      else expect(await failure(auth)).toMatchObject({ code: 'lookup_failed' });
    }
    expect(auth.breakerState).toBe('closed');
    expect(requests).toHaveLength(18);
  });

  it('leaves a service alone that says in too many bytes that it is broken', async () => {
    const { auth } = await setup((_, response) => void response.writeHead(500).end('x'.repeat(100_000)), {
      breaker: { failures: 2 },
    });
    for (let i = 0; i < 2; i++) expect((await failure(auth))?.message).toContain('HTTP status 500');
    expect(auth.breakerState).toBe('open');
  });

  it('denies an answer whose expire_at is in milliseconds, as EMQX does', async () => {
    const { auth } = await setup((_, response) =>
      reply(response, { result: 'allow', expire_at: Date.now() + 60_000 }),
    );
    expect(await auth.ask(client)).toEqual({
      result: 'deny',
      reason: 'expire_at is not in seconds since 1970',
    });
  });

  it('takes a broken answer as ignore when told to, as EMQX does', async () => {
    const { auth } = await setup((_, response) => reply(response, {}, 500), { ignoreBroken: true });
    expect(await auth.ask(client)).toEqual({ result: 'ignore', isBroken: true });
  });

  it.each([429, 503])('fails with "overloaded" when the service says %d', async (status) => {
    const { auth } = await setup((_, response) => reply(response, {}, status));
    expect(await failure(auth)).toMatchObject({ code: 'overloaded' });
  });

  it('refuses at once what the service cannot answer in time, without asking it', async () => {
    const waiting: (() => void)[] = [];
    const { auth, requests } = await setup(
      (_, response) => void waiting.push(() => reply(response, { result: 'allow' })),
      { maxSockets: 1 },
    );
    const first = auth.ask(client);
    await until('a request', () => waiting.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    waiting.shift()?.();
    await first;
    const second = auth.ask(client);
    await until('a request', () => waiting.length === 1);
    const deadline = performance.now() + 50;
    await expect(auth.ask(client, { deadline })).rejects.toMatchObject({ code: 'overloaded' });
    waiting.shift()?.();
    await second;
    expect(requests).toHaveLength(2);
  });

  it('limits retries to a share of the successes', async () => {
    const { auth, requests } = await setup((_, response) => reply(response, {}, 500), {
      retries: 1,
      breaker: { failures: 1000 },
    });
    for (let i = 0; i < 30; i++) await failure(auth);
    expect(requests).toHaveLength(40);
  });

  it('does not try again while others wait for their turn', async () => {
    const { auth, requests } = await setup((_, response) => reply(response, {}, 500), {
      retries: 3,
      maxSockets: 1,
      breaker: { failures: 1000 },
    });
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => auth.ask(client)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    // Only the last one has nobody behind it.
    expect(requests).toHaveLength(4 + 4);
  });

  it('keeps asking a service that answers some calls and refuses others for load', async () => {
    let count = 0;
    const { auth } = await setup(
      (_, response) => reply(response, { result: 'allow' }, count++ % 10 === 0 ? 200 : 503),
      { breaker: { failures: 3 } },
    );
    const results: string[] = [];
    for (let i = 0; i < 50; i++)
      results.push(
        await auth.ask(client).then(
          ({ result }) => result,
          ({ code }) => code,
        ),
      );
    expect(results.filter((result) => result === 'allow')).toHaveLength(5);
    expect(new Set(results)).toEqual(new Set(['allow', 'overloaded']));
  });
});
