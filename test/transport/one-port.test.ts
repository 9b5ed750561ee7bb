/** One port for gRPC, probes, Connect and gRPC-Web: told apart by the first bytes, with clients that are not ours. */
import { execFile } from 'node:child_process';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Health, ServingStatus } from '../../src/protocol/wire/services.ts';
import { inputs, SECRET } from '../support/inputs.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { frame, grpcHeaders, http2Frame, messagesIn, PREFACE, RawSocket, until } from './raw-client.ts';
import { startTestServer, type TestServer } from './server-support.ts';

const run = promisify(execFile);
const connected = rpcFor('client.connected');
const authorize = rpcFor('client.authorize');
const message = requestOf(connected, inputs()['client.connected']);
const json = JSON.stringify({ clientinfo: { clientid: 'c' }, type: 'PUBLISH', topic: 't/a' });

interface Curled {
  readonly status: number;
  /** Of HTTP. */
  readonly version: string;
  readonly type: string;
  readonly body: string;
}

async function curl(...args: string[]): Promise<Curled> {
  const format = '\n%{http_code} %{http_version} %{content_type}';
  const { stdout } = await run('curl', ['-sS', '--max-time', '20', '-w', format, ...args]);
  const at = stdout.lastIndexOf('\n');
  const [status, version, ...type] = stdout.slice(at + 1).split(' ');
  return { status: Number(status), version: version ?? '', type: type.join(' '), body: stdout.slice(0, at) };
}

const versions = [
  ['HTTP/1.1', '--http1.1', '1.1'],
  ['HTTP/2 with prior knowledge', '--http2-prior-knowledge', '2'],
] as const;

const post = (url: string, type: string, data: string) => ['-H', `content-type: ${type}`, '-d', data, url];

/**
 * A call of OnClientAuthorize that may be answered before it is read. Old releases of curl take such an answer over
 * HTTP/2 for a failure, if they are still sending.
 */
async function send(server: TestServer, flag: string, headers: Record<string, string>) {
  if (flag !== '--http1.1') {
    const sent = { ':method': 'POST', ':path': authorize.path, ...headers };
    const { status, body } = await server.client().send(sent, Buffer.from(json));
    return { status, body: body.toString() };
  }
  const response = await fetch(server.url + authorize.path, { method: 'POST', headers, body: json });
  return { status: response.status, body: await response.text() };
}

describe('a port', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  describe.each(versions)('over %s', (_name, flag, version) => {
    it('answers /healthz', async () => {
      const answer = await curl(flag, `${server.url}/healthz`);
      expect(answer).toMatchObject({ status: 200, version, body: 'ok\n' });
    });

    it('answers HEAD as GET, without a body', async () => {
      expect(await curl(flag, '--head', `${server.url}/readyz`)).toMatchObject({ status: 200, version });
    });

    it('answers /readyz by whether it wants calls, and /healthz in any case', async () => {
      await using draining = await startTestServer();
      expect(await curl(flag, `${draining.url}/readyz`)).toMatchObject({ status: 200, body: 'ok\n' });
      draining.listener.announceDrain();
      expect(await curl(flag, `${draining.url}/readyz`)).toMatchObject({ status: 503, body: 'draining\n' });
      expect(await curl(flag, `${draining.url}/healthz`)).toMatchObject({ status: 200 });
    });

    it('answers a Connect call in JSON', async () => {
      const answer = await curl(flag, ...post(server.url + authorize.path, 'application/json', json));
      expect(answer).toMatchObject({ status: 200, version, type: 'application/json' });
      expect(JSON.parse(answer.body)).toStrictEqual({ type: 'STOP_AND_RETURN', boolResult: false });
    });

    it.each([
      ['that is no JSON', `{"topic": "${SECRET}`],
      ['that is another message', `{"clientinfo": "${SECRET}"}`],
      ['without what it must have', '{}'],
    ])('answers a Connect call %s with 400 and without its values', async (_what, body) => {
      const answer = await curl(flag, ...post(server.url + authorize.path, 'application/json', body));
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid_argument' });
      expect(answer.body).not.toContain(SECRET);
    });

    it.each([
      ['connect-timeout-ms', SECRET, 400],
      ['content-encoding', SECRET, 501],
      ['content-encoding', 'gzip', 501],
      ['connect-timeout-ms', '9999999999', 200],
    ])('answers a Connect call with %s: %s by %d', async (name, value, status) => {
      const answer = await send(server, flag, { 'content-type': 'application/json', [name]: value });
      expect(answer.status).toBe(status);
      expect(answer.body).not.toContain(SECRET);
    });

    it('answers 404 where there is nothing, and names /healthz', async () => {
      expect(await curl(flag, `${server.url}/`)).toMatchObject({ status: 404, body: /\/healthz/ });
    });

    it('answers 404 to unknown requests', async () => {
      const answer = await curl(
        flag,
        ...post(`${server.url}/no.such.Service/Call`, 'application/json', '{}'),
      );
      expect(answer.status).toBe(404);
    });

    it('survives a request with an invalid authority', async () => {
      const args = post(server.url + authorize.path, 'application/json', json);
      // The answer does not matter: curl may even see the connection end.
      await curl(flag, '-H', 'Host: [', ...args).catch(() => undefined);
      expect(await curl(flag, ...args)).toMatchObject({ status: 200 });
    });
  });

  it('lives on after a request of HTTP/1.0, which has no authority', async () => {
    const socket = new RawSocket(server.port);
    await socket.write(
      `POST ${authorize.path} HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n${json}`,
    );
    await socket.closed;
    expect(await curl(`${server.url}/healthz`)).toMatchObject({ status: 200 });
  });

  it.each([['application/grpc-web+proto'], ['application/grpc-web']])(
    'answers a unary call of gRPC-Web as %s over HTTP/1.1',
    async (type) => {
      const response = await fetch(server.url + connected.path, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(frame(message)),
      });
      expect(response.status).toBe(200);
      const [reply, trailer] = messagesIn(Buffer.from(await response.arrayBuffer()));
      expect(reply).toStrictEqual({ flags: 0, message: Buffer.alloc(0) });
      expect(trailer?.flags).toBe(0x80);
      expect(trailer?.message.toString()).toMatch(/grpc-status: 0\r\n/);
    },
  );

  it('answers gRPC besides all that', async () => {
    expect((await server.client().call(connected.path, message)).trailers['grpc-status']).toBe('0');
  });

  it('says by grpc.health.v1 that it serves', async () => {
    const path = `/${Health.typeName}/Check`;
    const answer = await server.client().call(path, new Uint8Array(0));
    expect(answer.trailers['grpc-status']).toBe('0');
    expect(messagesIn(answer.body)[0]?.message).toStrictEqual(Buffer.from([8, ServingStatus.SERVING]));
  });

  it.each([
    ['HTTP/2', [...PREFACE].map((byte) => byte), http2Frame(4, 0, 0, Buffer.alloc(0))],
    ['HTTP/1.1', [...'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'], undefined],
  ])('recognises %s by its first bytes, even if each comes in its own packet', async (_name, bytes, rest) => {
    const socket = new RawSocket(server.port);
    for (const byte of bytes.slice(0, 6)) {
      await socket.write(byte);
      await new Promise(setImmediate);
    }
    await socket.write(bytes.slice(6).join(''));
    if (rest === undefined) {
      expect((await socket.receive((got) => got.includes('ok\n'))).toString()).toMatch(/^HTTP\/1\.1 200 /);
    } else {
      await socket.write(rest);
      // Its own SETTINGS come first. [RFC 9113, section 3.4]
      expect((await socket.receive((got) => got.length >= 9))[3]).toBe(4);
    }
    socket.destroy();
  });
});

describe('a port without Connect', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ connect: false });
  });
  afterAll(() => server.close());

  it.each(['application/json', 'application/proto', 'application/grpc-web+proto'])(
    'refuses %s',
    async (type) => {
      for (const [, flag] of versions) {
        const answer = await send(server, flag, { 'content-type': type });
        expect([404, 415]).toContain(answer.status);
      }
      expect(server.runtime.calls).toHaveLength(0);
    },
  );

  it('serves gRPC, health and the probes', async () => {
    const client = server.client();
    const health = `/${Health.typeName}/Check`;
    expect((await client.call(connected.path, message)).trailers['grpc-status']).toBe('0');
    expect((await client.call(health, new Uint8Array(0))).trailers['grpc-status']).toBe('0');
    expect(await curl(`${server.url}/healthz`)).toMatchObject({ status: 200 });
    expect(await curl(`${server.url}/readyz`)).toMatchObject({ status: 200 });
  });
});

describe('a connection', () => {
  it.each([
    ['says nothing', ''],
    ['says too little to be known', 'PR'],
  ])('that %s is closed', async (_what, bytes) => {
    await using server = await startTestServer({ limits: { bodyTimeout: 100 } });
    const socket = new RawSocket(server.port);
    if (bytes !== '') await socket.write(bytes);
    await socket.closed;
    expect(socket.received).toHaveLength(0);
  });

  it.each([
    ['headers', 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n'],
    [
      'body',
      `POST ${authorize.path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
    ],
  ])('whose %s do not come in time is answered with 408', async (_what, request) => {
    await using server = await startTestServer({ limits: { bodyTimeout: 100 } });
    const socket = new RawSocket(server.port);
    await socket.write(request);
    await socket.closed;
    // Node says Request Timeout; Connect says the same of a call that it has begun to read.
    expect(socket.received.toString()).toMatch(/^HTTP\/1\.1 (408|504) /);
  });

  it('that speaks TLS to a cleartext port is refused, and the operator reads what to do', async () => {
    await using server = await startTestServer();
    const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
    await new Promise<void>((resolve) => {
      socket.once('error', () => {});
      socket.once('close', () => resolve());
    });
    await until(() => server.refusals.length > 0);
    expect(server.refusals).toStrictEqual([
      'a client spoke TLS to a cleartext port: use http:// in the URL of the broker, or set listen.tls',
    ]);
    expect((await server.client().send(grpcHeaders(connected.path), frame(message))).status).toBe(200);
  });
});
