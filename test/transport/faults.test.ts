/** Bad clients: whatever one of them does, the others are served and nothing of it stays. */
import { constants } from 'node:http2';
import { describe, expect, it } from 'vitest';
import {
  aFaultServer,
  asking,
  CONTINUATION,
  callGate,
  callPlain,
  DATA,
  END_HEADERS,
  END_STREAM,
  expectAsNew,
  type FaultServer,
  frame,
  framesIn,
  grpcBlock,
  grpcHeaders,
  HEADERS,
  headerBlock,
  hello,
  http2Frame,
  isAnswered,
  PING,
  plain,
  plainRequest,
  type RawClient,
  RST_STREAM,
  SETTINGS,
  settle,
  uint32,
  until,
} from './fault-support.ts';

const ping = http2Frame(PING, 0, 0, Buffer.alloc(8));
const reset = (stream: number) => http2Frame(RST_STREAM, 0, stream, uint32(constants.NGHTTP2_CANCEL));
const headers = (stream: number, path = plain.path) =>
  http2Frame(HEADERS, END_HEADERS, stream, grpcBlock(path));
const body = (stream: number) => http2Frame(DATA, END_STREAM, stream, frame(plainRequest));
const streams = (count: number) => Array.from({ length: count }, (_, index) => 2 * index + 1);

describe('a connection that is killed', () => {
  it.each([
    ['before the message', []],
    ['within the prefix', [frame(plainRequest).subarray(0, 3)]],
    ['within the message', [frame(plainRequest).subarray(0, 20)]],
    ['after the message, before the end', [frame(plainRequest)]],
  ])('%s leaves nothing', async (_when, pieces) => {
    const server = await aFaultServer();
    const client = server.client();
    const { stream, answer } = client.open(grpcHeaders(plain.path));
    answer.catch(() => {});
    for (const piece of pieces) stream.write(piece);
    await until(() => server.listener.connections.open === 1);
    client.session.destroy();
    await until(() => server.listener.connections.size === 0);
    await expectAsNew(server);
  });

  it('while its calls wait for look-ups leaves nothing once they are over', async () => {
    const server = await aFaultServer();
    const client = server.client();
    for (let i = 0; i < 20; i++) callGate(client, `${i}`).catch(() => {});
    await until(() => server.gate.size === 20);
    expect(server.listener.load.deciding).toBe(20);
    client.session.destroy();
    await until(() => server.listener.connections.size === 0);
    server.gate.open();
    await expectAsNew(server);
  });
});

describe.each([
  ['the lean path', true],
  ['Connect', false],
])('half a request on %s', (_name, lean) => {
  it.each([
    ['no body', []],
    ['half a prefix', [frame(plainRequest).subarray(0, 3)]],
    ['half a message', [frame(plainRequest).subarray(0, 20)]],
    ['a message without an end', [frame(plainRequest)]],
  ])('%s, then silence, is answered when its time is over', async (_what, pieces) => {
    const server = await aFaultServer({ lean, bodyTimeout: 400 });
    const { stream, answer } = server.client().open(grpcHeaders(plain.path));
    for (const piece of pieces) stream.write(piece);
    const { trailers, isTrailersOnly } = await answer;
    expect(trailers).toMatchObject({ 'grpc-status': '4', 'exhook-failure': 'deadline' });
    expect(isTrailersOnly).toBe(false);
    await expectAsNew(server);
  });
});

it('half a frame of HTTP/2, then silence, hurts nobody and goes with its connection', async () => {
  const server = await aFaultServer({ bodyTimeout: 400 });
  const socket = server.socket();
  await socket.write(Buffer.concat([hello(), headers(1).subarray(0, 20)]));
  await expectAsNew(server);
  await socket.write(headers(1).subarray(20));
  // The stream begins now, and its body never comes.
  await socket.receive((received) =>
    framesIn(received).some((found) => found.stream === 1 && (found.flags & END_STREAM) !== 0),
  );
  await expectAsNew(server);
});

it('a connection that sends nothing, or an incomplete preface, is closed when its time is over', async () => {
  const server = await aFaultServer({ bodyTimeout: 400 });
  const sockets = ['', 'P', 'PR'].map((bytes) => ({ bytes, socket: server.socket() }));
  await Promise.all(sockets.map(({ bytes, socket }) => (bytes === '' ? undefined : socket.write(bytes))));
  await Promise.all(sockets.map(({ socket }) => socket.closed));
  await expectAsNew(server);
});

describe('streams that are opened and reset', () => {
  it.each([
    ['on the lean path', plain.path],
    ['on a look-up', asking.path],
    ['on an unknown path', '/none/Such'],
    ['on the path of the health service', '/grpc.health.v1.Health/Check'],
  ])('2,000 of them %s leave nothing', async (_where, path) => {
    const server = await aFaultServer();
    const client = server.client();
    for (let batch = 0; batch < 20; batch++) {
      const opened = Array.from({ length: 100 }, () => client.open(grpcHeaders(path)));
      for (const { stream } of opened) stream.close(constants.NGHTTP2_CANCEL);
      await Promise.allSettled(opened.map(({ answer }) => answer));
      if (client.session.destroyed) break;
    }
    await expectAsNew(server);
  });

  it.each([
    ['on the lean path', plain.path],
    ['on an unknown path', '/none/Such'],
    ['on the path of the health service', '/grpc.health.v1.Health/Check'],
  ])('each within one packet %s end the connection or leave nothing', async (_where, path) => {
    const server = await aFaultServer();
    const socket = server.socket();
    await socket.write(hello());
    await settle(socket);
    socket.write(Buffer.concat(streams(2_000).flatMap((id) => [headers(id, path), reset(id)])));
    await settle(socket);
    await expectAsNew(server);
  });

  it('with their body before the reset are served and forgotten', async () => {
    const server = await aFaultServer();
    const socket = server.socket();
    socket.write(
      Buffer.concat([hello(), ...streams(500).flatMap((id) => [headers(id), body(id), reset(id)])]),
    );
    await settle(socket);
    await expectAsNew(server);
  });
});

it('1,000 streams with headers only are answered when their time is over', async () => {
  const server = await aFaultServer({ bodyTimeout: 2_000, inFlight: 5_000 });
  const client = server.client();
  const opened = Array.from({ length: 1_000 }, () => client.open(grpcHeaders(plain.path)));
  const other = await callPlain(server.client());
  expect(isAnswered(other)).toBe(true);
  const answers = await Promise.all(opened.map(({ answer }) => answer));
  expect(answers.every(({ trailers }) => trailers['exhook-failure'] === 'deadline')).toBe(true);
  await expectAsNew(server);
});

it('of too many streams with headers only, the oldest are answered at once', async () => {
  const server = await aFaultServer({ inFlight: 100 });
  const client = server.client();
  const opened = Array.from({ length: 1_000 }, () => client.open(grpcHeaders(plain.path)));
  for (const { answer } of opened) answer.catch(() => {});
  const oldest = await Promise.all(opened.slice(0, 900).map(({ answer }) => answer));
  expect(oldest.every(({ trailers }) => trailers['exhook-failure'] === 'overloaded')).toBe(true);
  expect(server.listener.load.shed).toBe(900);
  expect(isAnswered(await callPlain(server.client()))).toBe(true);
  await client.close();
  await expectAsNew(server);
});

describe('a client that never reads its replies', () => {
  // A publish that is answered with its own message: a reply with a body that needs a window.
  it('because its window is 0, does not delay others, and what it holds is bounded', async () => {
    const server = await aFaultServer({ queuedBytes: 40_000, messageBytes: 1_000 });
    const socket = server.socket();
    // SETTINGS_INITIAL_WINDOW_SIZE = 0. [RFC 9113, section 6.5.2]
    await socket.write(hello(Buffer.from([0, 4, 0, 0, 0, 0])));
    for (const id of streams(2_000)) socket.write(Buffer.concat([headers(id), body(id)]));
    expect(await settle(socket)).toBe('alive');
    // Every reply waits: five bytes each.
    expect(server.listener.load.bytes).toBeGreaterThan(0);
    expect(server.listener.load.bytes).toBeLessThanOrEqual(40_000 / 4);
    await serveOthers(server);
    socket.destroy();
    await expectAsNew(server);
  });

  it('because it has stopped reading its socket, does not hold up others', async () => {
    const server = await aFaultServer();
    const socket = server.socket();
    await socket.write(hello());
    await settle(socket);
    socket.socket.pause();
    for (const id of streams(5_000)) socket.write(Buffer.concat([headers(id), body(id)]));
    await serveOthers(server);
    socket.destroy();
    await expectAsNew(server);
  });

  async function serveOthers(server: FaultServer): Promise<void> {
    const others: RawClient[] = Array.from({ length: 4 }, () => server.client());
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(others.map((client) => callPlain(client)));
      expect(answers.every(isAnswered)).toBe(true);
    }
    await Promise.all(others.map((client) => client.close()));
  }
});

describe('a flood', () => {
  const continuation = http2Frame(CONTINUATION, 0, 1, headerBlock({ 'x-filler': 'y'.repeat(1_000) }));
  const empty = http2Frame(CONTINUATION, 0, 1, Buffer.alloc(0));
  const open = http2Frame(HEADERS, 0, 1, grpcBlock(plain.path));
  const repeat = (bytes: Buffer, count: number) => Buffer.concat(Array.from({ length: count }, () => bytes));

  // What node 20 makes of it; either is good, as long as the others are served.
  it.each([
    ['PING frames that it answers', [repeat(ping, 20_000)], /alive|ended/],
    [
      'SETTINGS frames',
      [repeat(http2Frame(SETTINGS, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100])), 20_000)],
      /alive|ended/,
    ],
    ['CONTINUATION frames', [open, repeat(continuation, 2_000)], /ended/],
    ['empty CONTINUATION frames', [open, repeat(empty, 20_000)], /ended/],
    [
      'empty DATA frames',
      [headers(1), repeat(http2Frame(DATA, 0, 1, Buffer.alloc(0)), 20_000)],
      /alive|ended/,
    ],
    ['resets, rapidly', streams(10_000).map((id) => Buffer.concat([headers(id), reset(id)])), /alive|ended/],
    [
      'frames of a type that does not exist',
      [repeat(http2Frame(0xbe, 0, 0, Buffer.alloc(8)), 20_000)],
      /alive|ended/,
    ],
    ['frames that are too large', [http2Frame(DATA, 0, 1, Buffer.alloc(20_000))], /ended/],
    ['noise', [repeat(Buffer.from([0xde, 0xad, 0xbe, 0xef]), 5_000)], /ended/],
  ])('of %s is survived, with others served meanwhile', async (_what, packets, outcome) => {
    const server = await aFaultServer();
    const socket = server.socket();
    const other = server.client();
    await socket.write(hello());
    // Answers to the flood are not read and pile up.
    socket.socket.pause();
    for (const packet of packets) socket.write(packet);
    expect(isAnswered(await callPlain(other))).toBe(true);
    socket.socket.resume();
    expect(await settle(socket)).toMatch(outcome);
    expect(isAnswered(await callPlain(other))).toBe(true);
    socket.destroy();
    await expectAsNew(server);
  });
});
