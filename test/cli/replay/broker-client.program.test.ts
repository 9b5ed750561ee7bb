import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BrokerClient, connectBroker } from '../../../src/cli/replay/broker-client.ts';

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void;

/** A server with custom answers. @returns its URL. */
async function fakeServer(answer: Answer): Promise<string> {
  const server = createServer();
  server.on('session', (session) => onTestFinished(() => session.destroy()));
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, headers, Buffer.concat(chunks)));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function clientOf(answer: Answer): Promise<BrokerClient> {
  const client = await connectBroker(await fakeServer(answer));
  onTestFinished(() => client.close());
  return client;
}

const PATH = '/emqx.exhook.v3.HookProvider/OnClientConnected';
const message = new Uint8Array([10, 0]);
const headers = { 'content-type': 'application/grpc+proto', 'grpc-timeout': '5S' };
/** Far longer than any test takes. */
const LONG = 20_000;

const call = (client: BrokerClient, timeout = LONG) => client.call(PATH, message, headers, timeout);

/** Headers, body, trailers. */
function respond(stream: ServerHttp2Stream, trailers: Record<string, string>, body?: Uint8Array): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
}

const reply = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

describe('a call', () => {
  it('is sent as a broker sends it: POST, the headers given, one message with its prefix', async () => {
    let seen: unknown;
    const client = await clientOf((stream, { ':method': method, ':path': path, te, ...rest }, body) => {
      seen = [method, path, te, rest['content-type'], rest['grpc-timeout'], [...body]];
      respond(stream, { 'grpc-status': '0' }, reply);
    });
    const result = await call(client);
    expect(seen).toStrictEqual([
      'POST',
      PATH,
      'trailers',
      'application/grpc+proto',
      '5S',
      [0, 0, 0, 0, 2, 10, 0],
    ]);
    expect(result).toMatchObject({ status: 0, message: '' });
    expect([...(result.reply ?? [])]).toStrictEqual([8, 1]);
    expect(result.duration).toBeGreaterThan(0);
  });

  it('that ends with a status has it, and the text that was percent-encoded', async () => {
    const client = await clientOf((stream) =>
      respond(stream, { 'grpc-status': '8', 'grpc-message': 'zu gro%C3%9F, 100%25' }),
    );
    expect(await call(client)).toMatchObject({ status: 8, message: 'zu groß, 100%', reply: undefined });
  });

  it('that ends with a text that is not percent-encoded has it as it is', async () => {
    const client = await clientOf((stream) =>
      respond(stream, { 'grpc-status': '13', 'grpc-message': '100% broken' }),
    );
    expect(await call(client)).toMatchObject({ status: 13, message: '100% broken' });
  });

  it('that is answered with trailers only has their status', async () => {
    const client = await clientOf((stream) =>
      stream.respond({ ':status': 200, 'grpc-status': '12', 'grpc-message': 'no' }, { endStream: true }),
    );
    expect(await call(client)).toMatchObject({ status: 12, message: 'no' });
  });

  it.each([
    ['no answer at all', () => {}, /^no answer within 50 ms$/],
    [
      'headers and no end',
      (stream: ServerHttp2Stream) => stream.respond({ ':status': 200 }),
      /^no answer within 50 ms$/,
    ],
  ])('with %s ends after its time', async (_what, answer, says) => {
    const result = await call(await clientOf(answer), 50);
    expect(result).toMatchObject({ status: -1, reply: undefined });
    expect(result.message).toMatch(says);
  });

  it.each([
    ['a reset', (stream: ServerHttp2Stream) => stream.close(2), /INTERNAL_ERROR/],
    ['a refused stream', (stream: ServerHttp2Stream) => stream.close(7), /REFUSED_STREAM/],
    ['a connection that breaks', (stream: ServerHttp2Stream) => stream.session?.destroy(), /./],
    [
      'an answer of HTTP',
      (stream: ServerHttp2Stream) => {
        stream.respond({ ':status': 503 });
        stream.end('busy');
      },
      /^HTTP status 503 without a gRPC status$/,
    ],
    [
      'no trailers',
      (stream: ServerHttp2Stream) => {
        stream.respond({ ':status': 200 });
        stream.end(reply);
      },
      /^HTTP status 200 without a gRPC status$/,
    ],
  ])('that meets %s has failed, in words', async (_what, answer, says) => {
    const result = await call(await clientOf(answer));
    expect(result).toMatchObject({ status: -1, reply: undefined });
    expect(result.message).toMatch(says);
  });

  it.each([
    ['compressed', Buffer.from([1, 0, 0, 0, 2, 8, 1]), /compressed/],
    ['cut off', Buffer.from([0, 0, 0, 0, 9, 8, 1]), /ends within its message/],
    ['more than one message', Buffer.concat([reply, reply]), /more than one message/],
  ])('whose reply is %s has failed: a broker could not read it', async (_what, body, says) => {
    const client = await clientOf((stream) => respond(stream, { 'grpc-status': '0' }, body));
    const result = await call(client);
    expect(result).toMatchObject({ status: -1, reply: undefined });
    expect(result.message).toMatch(says);
  });

  it('that succeeds without a message has no reply', async () => {
    const client = await clientOf((stream) => respond(stream, { 'grpc-status': '0' }));
    expect(await call(client)).toMatchObject({ status: 0, reply: undefined });
  });

  it('with headers that HTTP/2 does not allow fails, and other calls succeed', async () => {
    const client = await clientOf((stream) => respond(stream, { 'grpc-status': '0' }, reply));
    const result = await client.call(PATH, message, { connection: 'keep-alive' }, LONG);
    expect(result.status).toBe(-1);
    expect(result.message).toMatch(/connection/i);
    expect((await call(client)).status).toBe(0);
  });
});

describe('a connection that receives GOAWAY', () => {
  it('finishes calls in flight, and fails later ones', async () => {
    const client = await clientOf((stream) => {
      stream.session?.close();
      respond(stream, { 'grpc-status': '0' }, reply);
    });
    expect(await call(client)).toMatchObject({ status: 0 });
    expect(await call(client)).toMatchObject({
      status: -1,
      message: 'the connection was closed without an answer',
    });
  });
});

describe('connecting', () => {
  it('fails when nobody listens', async () => {
    await expect(connectBroker('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
