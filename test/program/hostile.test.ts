/** Malformed, too large, unknown or endless requests, over the wire against the built server: exact statuses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { aBroker } from './support/broker.ts';
import { openServer, type RunningServer } from './support/program.ts';
import {
  aRawClient,
  frame,
  type Heard,
  listenTo,
  openSocket,
  RawClient,
  type RawRequest,
  sendBytes,
} from './support/raw.ts';

const BODY_TIMEOUT = 800;
const MIB = 1024 * 1024;
const versions = ['v1', 'v2', 'v3'] as const;

/** Shared by all tests: what one of them breaks, the next one notices. A busy machine may take its time over a body. */
let server: RunningServer;
/** The same, for requests that never end. */
let hasty: RunningServer;
beforeAll(async () => {
  const flags = (timeout: string) => ['--limits-body-timeout', timeout, '--limits-message-bytes', '16MiB'];
  const starting = [openServer(flags('60s')), openServer(flags(`${BODY_TIMEOUT}ms`))];
  [server, hasty] = (await Promise.all(starting.map((one) => one.listening()))) as [
    RunningServer,
    RunningServer,
  ];
});

const good = (version: (typeof versions)[number] = 'v3') => {
  const rpc = rpcFor('client.connected', version);
  return { path: rpc.path, message: requestOf(rpc, { clientinfo: { clientid: 'c1' } }) };
};

async function expectService(by = server): Promise<void> {
  const { path, message } = good();
  expect((await aBroker(by.url).call(path, message)).status).toBe(0);
}

async function expectGoodEnd(of: RunningServer): Promise<void> {
  const client = new RawClient(of.url);
  const stillServes = await client.send({ path: good().path, body: frame(good().message) });
  client.close();
  const exit = await of.stop();
  expect(stillServes).toMatchObject({ http: 200, status: 0 });
  expect(exit).toStrictEqual({ code: 0, signal: null });
  expect(of.stderr.text).not.toMatch(/uncaught|unhandled|\n {4}at /i);
  for (const line of of.stdout.lines) JSON.parse(line);
}

afterAll(async () => {
  await expectGoodEnd(server);
  await expectGoodEnd(hasty);
});

/** A field of protobuf whose value has a length: its number, its bytes. */
function field(number: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** A number as protobuf writes it. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

const notUtf8 = Buffer.from([0xff, 0xfe, 0x73]);
const LATIN = Buffer.from('gr\xfc\xdfe', 'latin1');

interface Case {
  readonly title: string;
  readonly status: number;
  readonly failure?: string;
  /** Made of a good message and the path it goes to. */
  readonly request: (message: Uint8Array, path: string) => RawRequest;
  readonly says?: RegExp;
  /** Whether it is answered because its time is over. */
  readonly isEndless?: boolean;
}

const malformed = { status: 3, failure: 'invalid_request' };
const tooLarge = { status: 8, failure: 'too_large' };
const unknown = { status: 12, failure: 'unknown_method' };

const cases: Case[] = [
  // Bytes that are not protobuf.
  {
    title: 'bytes that are not protobuf',
    ...malformed,
    request: () => ({ body: frame(Buffer.from('hello?')) }),
  },
  { title: 'a tag of field 0', ...malformed, request: () => ({ body: frame(Buffer.from([0, 0])) }) },
  {
    title: 'a varint without an end',
    ...malformed,
    request: () => ({ body: frame(Buffer.alloc(12, 0xff)) }),
  },
  {
    title: 'a wire type that does not exist',
    ...malformed,
    request: () => ({ body: frame(Buffer.from([0x0f])) }),
  },
  {
    title: 'a field that is longer than the message',
    ...malformed,
    request: () => ({ body: frame(Buffer.from([0x0a, 0x7f, 0x01])) }),
  },
  {
    title: 'a field of a known number and another wire type',
    ...malformed,
    request: () => ({ body: frame(Buffer.from([0x08, 0x01])) }),
  },
  {
    title: 'groups a thousand deep',
    ...malformed,
    request: () => ({ body: frame(Buffer.alloc(1000, 0x7b)) }),
  },
  // Frames.
  { title: 'no body at all', ...malformed, request: () => ({}), says: /ends before its message/ },
  { title: 'an empty body', ...malformed, request: () => ({ body: Buffer.alloc(0) }) },
  { title: 'three bytes of a prefix', ...malformed, request: () => ({ body: Buffer.alloc(3) }) },
  {
    title: 'a frame that ends within its message',
    ...malformed,
    request: (message) => ({ body: frame(message, { length: message.length + 1 }) }),
    says: /ends within its message/,
  },
  {
    title: 'a frame that is longer than it announces',
    ...malformed,
    request: (message) => ({ body: frame(message, { length: message.length - 1 }) }),
  },
  {
    title: 'two messages',
    ...malformed,
    request: (message) => ({ body: Buffer.concat([frame(message), frame(message)]) }),
    says: /more than one message/,
  },
  {
    title: 'a header that announces 4 GiB',
    ...tooLarge,
    request: () => ({ body: Buffer.from([0, 0xff, 0xff, 0xff, 0xff]) }),
    says: /limits\.messageBytes \(16777216\)/,
  },
  {
    title: 'a header that announces 4 GiB, and no end',
    ...tooLarge,
    request: () => ({ body: Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), end: false }),
  },
  {
    title: 'one byte more than the limit',
    ...tooLarge,
    request: () => ({ body: frame(Buffer.alloc(10), { length: 16 * MIB + 1 }), end: false }),
  },
  {
    title: 'a compressed message',
    ...unknown,
    request: (message) => ({ body: frame(message, { flag: 1 }) }),
  },
  {
    title: 'a flag that does not exist',
    ...malformed,
    request: (message) => ({ body: frame(message, { flag: 2 }) }),
  },
  {
    title: 'the end flag of gRPC-Web',
    ...malformed,
    request: (message) => ({ body: frame(message, { flag: 128 }) }),
  },
  // Values.
  {
    title: 'a text that is not UTF-8',
    ...malformed,
    request: () => ({ body: frame(field(1, field(2, notUtf8))) }),
  },
  {
    title: 'a text in Latin-1',
    ...malformed,
    request: () => ({ body: frame(field(1, field(3, LATIN))) }),
  },
  {
    title: 'half of a surrogate pair',
    ...malformed,
    request: () => ({ body: frame(field(1, field(2, Buffer.from([0xed, 0xa0, 0x80])))) }),
  },
  {
    title: 'no client at all',
    ...malformed,
    request: () => ({ body: frame(Buffer.alloc(0)) }),
    says: /clientinfo/,
  },
  {
    title: 'unknown fields of every wire type',
    status: 0,
    request: (message) => ({
      body: frame(
        Buffer.concat([
          message,
          field(900, 'text of a newer broker'),
          Buffer.concat([varint(901 * 8), varint(2 ** 40)]),
          Buffer.concat([varint(902 * 8 + 1), Buffer.alloc(8, 7)]),
          Buffer.concat([varint(903 * 8 + 5), Buffer.alloc(4, 7)]),
        ]),
      ),
    }),
  },
  {
    title: 'a field that occurs twice',
    status: 0,
    request: (message) => ({ body: frame(Buffer.concat([message, message])) }),
  },
  // Headers.
  {
    title: 'a timeout that is none',
    ...malformed,
    request: (message) => ({ body: frame(message), headers: { 'grpc-timeout': 'soon' } }),
    says: /grpc-timeout/,
  },
  {
    title: 'a timeout of nine digits',
    ...malformed,
    request: (message) => ({ body: frame(message), headers: { 'grpc-timeout': '123456789S' } }),
  },
  {
    title: 'no timeout',
    status: 0,
    request: (message) => ({ body: frame(message), headers: { 'grpc-timeout': undefined } }),
  },
  {
    title: 'a compressed request',
    ...unknown,
    request: (message) => ({ body: frame(message, { flag: 1 }), headers: { 'grpc-encoding': 'gzip' } }),
  },
  {
    title: 'an encoding that does not exist',
    ...unknown,
    request: (message) => ({ body: frame(message), headers: { 'grpc-encoding': 'x-unheard-of' } }),
  },
  {
    title: 'the content type application/grpc with parameters',
    status: 0,
    request: (message) => ({
      body: frame(message),
      headers: { 'content-type': 'application/grpc;charset=utf-8' },
    }),
  },
  // Unknown methods.
  {
    title: 'a method that does not exist',
    ...unknown,
    request: (message, path) => ({ path: `${path}Or`, body: frame(message) }),
  },
  {
    title: 'a version that does not exist',
    ...unknown,
    request: (message, path) => ({ path: path.replace(/v\d/, 'v9'), body: frame(message) }),
  },
  {
    title: 'a service that does not exist',
    ...unknown,
    request: (message) => ({ path: '/emqx.exhook.v3.Other/OnClientConnected', body: frame(message) }),
  },
  {
    title: 'a service of somebody else',
    ...unknown,
    request: () => ({ path: '/a.b.C/D', body: frame(Buffer.alloc(0)) }),
  },
  { title: 'the root', ...unknown, request: () => ({ path: '/', body: frame(Buffer.alloc(0)) }) },
  {
    title: 'a stream with headers and no body that never ends',
    status: 4,
    failure: 'deadline',
    isEndless: true,
    request: () => ({ end: false }),
    says: /did not arrive in time/,
  },
  {
    title: 'half a message that never ends',
    status: 4,
    failure: 'deadline',
    isEndless: true,
    request: (message) => ({ body: frame(message).subarray(0, 9), end: false }),
  },
];

describe.each(versions)('a broker of %s that sends', (version) => {
  it.each(cases)('$title', async ({ request, status, failure, says, isEndless }) => {
    const { path, message } = good(version);
    const { url } = isEndless ? hasty : server;
    const heard = await aRawClient(url).send({ path, ...request(message, path) });
    expect(heard).toMatchObject({ http: 200, status, failure, isInTrailers: true });
    if (says !== undefined) expect(heard.message).toMatch(says);
    expect(heard.headers).not.toHaveProperty('grpc-encoding');
  });
});

describe('the values of requests', () => {
  const send = async (hook: Parameters<typeof rpcFor>[0], fields: object): Promise<Heard> => {
    const rpc = rpcFor(hook);
    return await aRawClient(server.url).send({ path: rpc.path, body: frame(requestOf(rpc, fields)) });
  };

  it.each([
    ['an action out of range', 'client.authorize', { clientinfo: {}, type: 7, topic: 't' }, /^type: /],
    ['a negative action', 'client.authorize', { clientinfo: {}, type: -1, topic: 't' }, /^type: /],
    ['a QoS out of range', 'message.publish', { message: { qos: 3 } }, /^message\.qos: /],
    ['no message', 'message.publish', {}, /^message: /],
    ['no connection', 'client.connect', {}, /^conninfo: /],
    ['no broker', 'provider.loaded', {}, /^broker: /],
    ['no message beside its client', 'message.acked', { clientinfo: {} }, /^message: /],
  ] as const)('with %s are INVALID_ARGUMENT, which names the place', async (_what, hook, fields, says) => {
    const heard = await send(hook, fields);
    expect(heard).toMatchObject({ http: 200, ...malformed, isInTrailers: true });
    expect(heard.message).toMatch(says);
  });

  it('with a topic of 10 MB are INVALID_ARGUMENT: no broker has one', async () => {
    const heard = await send('message.publish', { message: { topic: 't'.repeat(10_000_000), qos: 0 } });
    expect(heard).toMatchObject({ http: 200, ...malformed, isInTrailers: true });
    expect(heard.message).toMatch(/^message\.topic: must be at most 262140 bytes/);
    expect(heard.message.length).toBeLessThan(200);
  });

  it('with a payload of 10 MB are answered: it is within the limit', async () => {
    const heard = await send('message.publish', {
      message: { topic: 't', payload: new Uint8Array(10_000_000) },
    });
    expect(heard).toMatchObject({ http: 200, status: 0, isInTrailers: true });
  });

  it('may not be larger than the limit: a topic of 17 MB is RESOURCE_EXHAUSTED', async () => {
    const heard = await send('message.publish', { message: { topic: 't'.repeat(17_000_000), qos: 0 } });
    expect(heard).toMatchObject({ http: 200, ...tooLarge, isInTrailers: true });
  });

  it('are never repeated in the text of the status', async () => {
    const heard = await send('client.authenticate', {});
    expect(heard.status).toBe(3);
    const secret = await send('client.authorize', {
      clientinfo: { password: 'hunter2' },
      type: 9,
      topic: 'hunter2',
    });
    expect(secret.message).not.toContain('hunter2');
    expect(server.stderr.text).not.toContain('hunter2');
  });
});

describe('requests of another kind', () => {
  const { path, message } = good();
  const json = {
    'content-type': 'application/json',
    te: undefined,
    'grpc-encoding': undefined,
    'grpc-timeout': undefined,
  };

  it.each([
    ['text/plain', { 'content-type': 'text/plain' }, 415],
    ['no content type', { 'content-type': undefined }, 415],
    ['application/grpcish', { 'content-type': 'application/grpcish' }, 415],
  ])('with the content type %s are refused', async (_what, headers, http) => {
    const heard = await aRawClient(server.url).send({ path, headers, body: frame(message) });
    expect(heard).toMatchObject({ http, status: -1 });
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('%s is not allowed', async (method) => {
    const heard = await aRawClient(server.url).send({ path, method });
    expect(heard).toMatchObject({ http: 405, status: -1 });
  });

  it('GET of another path is not found', async () => {
    expect(await aRawClient(server.url).send({ path: '/', method: 'GET' })).toMatchObject({ http: 404 });
  });

  it.each([
    ['JSON that is none', '{"clientinfo":', 400, 'invalid_argument'],
    ['JSON of another shape', '{"clientinfo":[]}', 400, 'invalid_argument'],
    ['JSON without a client', '{}', 400, 'invalid_argument'],
    ['an empty body', '', 400, 'invalid_argument'],
  ])('Connect with %s is refused', async (_what, body, http, code) => {
    const heard = await aRawClient(server.url).send({ path, headers: json, body: Buffer.from(body) });
    expect(heard.http).toBe(http);
    expect(JSON.parse(heard.body.toString())).toMatchObject({ code });
  });

  it('Connect with too much JSON is refused', async () => {
    const body = Buffer.from(`{"clientinfo":{"clientid":"${'x'.repeat(17_000_000)}"}}`);
    const heard = await aRawClient(server.url).send({ path, headers: json, body });
    expect(heard.http).toBe(429);
    expect(JSON.parse(heard.body.toString())).toMatchObject({ code: 'resource_exhausted' });
  });

  it('gRPC over HTTP/1.1 is answered, and ends', async () => {
    const body = frame(message).toString('latin1');
    const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/grpc\r\ncontent-length: ${body.length}\r\n\r\n`;
    const answer = (await sendBytes(server.port, Buffer.from(head + body, 'latin1'))).toString('latin1');
    expect(answer).toMatch(/^HTTP\/1\.1 (200|505|415) /);
  });
});

describe('connections that misbehave', () => {
  const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

  it.each([
    ['nothing that is a protocol', 'hello, is there anybody?\r\n\r\n'],
    ['zeros', Buffer.alloc(64)],
    ['a preface and then something else', `${PREFACE}and now for something completely different`],
    ['a frame that is larger than allowed', Buffer.concat([Buffer.from(PREFACE), Buffer.alloc(9, 0xff)])],
    ['TLS on a cleartext port', Buffer.from('16030100c8010000c40303', 'hex')],
  ])('are closed when they say %s', async (_what, bytes) => {
    await sendBytes(server.port, bytes);
    await expectService();
  });

  it('by speaking TLS are reported in words', async () => {
    await sendBytes(server.port, Buffer.from('16030100c8010000c40303', 'hex'));
    const { severity } = await server.logged(
      /a client spoke TLS to a cleartext port: use http:\/\/ in the URL/,
    );
    expect(severity).toBe('WARNING');
  });

  it.each(['P', 'PR'])('by saying only %j are closed in time, and delay nobody', async (text) => {
    const closed = sendBytes(hasty.port, text);
    await expectService(hasty);
    expect((await closed).length).toBe(0);
  });

  it('by saying half a preface hold up nobody', async () => {
    openSocket(server.port).write('PRI * HTTP/2.0\r\n');
    await expectService();
  });

  it('by saying nothing are closed after the time for a body', async () => {
    await sendBytes(hasty.port, '');
    await expectService(hasty);
  });

  it('by ending within a message are forgotten', async () => {
    const { path, message } = good();
    const client = aRawClient(server.url);
    const stream = client.open({ path, body: frame(message).subarray(0, 8), end: false });
    await new Promise((resolve) => client.session.ping(resolve));
    client.session.destroy();
    await listenTo(stream);
    await expectService();
  });

  it('by resetting their streams at once keep nobody else from being served', async () => {
    const { path } = good();
    const client = aRawClient(server.url);
    for (let i = 0; i < 200; i++) client.open({ path, end: false }).close(8);
    await expectService();
  });

  it('by opening many streams without a body get an answer on each', async () => {
    const { path } = good();
    const client = aRawClient(hasty.url);
    const streams = Array.from({ length: 100 }, () => client.send({ path, end: false }));
    await expectService(hasty);
    const statuses = (await Promise.all(streams)).map(({ status, isInTrailers }) => [status, isInTrailers]);
    expect(statuses).toStrictEqual(Array.from({ length: 100 }, () => [4, true]));
  });

  it('by not reading their replies keep nobody else from being served', async () => {
    const { path, message } = good();
    const socket = openSocket(server.port);
    socket.pause();
    const client = aRawClient(server.url, { createConnection: () => socket });
    for (let i = 0; i < 50; i++) client.open({ path, body: frame(message) });
    await expectService();
  });
});
