/** Our own HTTP/2 on sockets: behaviour that needs sockets. */
import { describe, expect, it } from 'vitest';
import {
  aFaultServer,
  callPlain,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  framesIn,
  GOAWAY,
  grpcBlock,
  HEADERS,
  hello,
  http2Frame,
  isAnswered,
  PING,
  plain,
  plainRequest,
  RST_STREAM,
  SETTINGS,
  uint32,
  until,
} from './fault-support.ts';

const ENHANCE_YOUR_CALM = 11;
const headers = (id: number) => http2Frame(HEADERS, END_HEADERS, id, grpcBlock(plain.path));
const call = (id: number) => [headers(id), http2Frame(DATA, END_STREAM, id, frame(plainRequest))];
const streams = (count: number) => Array.from({ length: count }, (_, i) => 2 * i + 1);

describe('a flood on a socket', () => {
  it.each([
    ['ping_flood', Array<Buffer>(5_000).fill(http2Frame(PING, 0, 0, Buffer.alloc(8)))],
    ['settings_flood', Array<Buffer>(500).fill(http2Frame(SETTINGS, 0, 0, Buffer.alloc(0)))],
    ['reset_flood', streams(2_000).flatMap((id) => [headers(id), http2Frame(RST_STREAM, 0, id, uint32(8))])],
  ])('ends with GOAWAY, is counted as %s, and others are served', async (reason, frames) => {
    const server = await aFaultServer({ http2: 'own' });
    const socket = server.socket();
    await socket.write(hello());
    socket.write(Buffer.concat(frames));
    const received = await socket.receive((got) => framesIn(got).some(({ type }) => type === GOAWAY));
    const goAway = framesIn(received).find(({ type }) => type === GOAWAY);
    expect(goAway?.payload.readUInt32BE(4)).toBe(ENHANCE_YOUR_CALM);
    await socket.closed;
    expect([...server.listener.http2Errors.connectionErrors]).toStrictEqual([[reason, 1]]);
    expect(isAnswered(await callPlain(server.client()))).toBe(true);
    await until(() => server.listener.connections.open === 0 && server.listener.load.bytes === 0);
  });
});

it('Calls that come in one packet are answered in one', async () => {
  const server = await aFaultServer({ http2: 'own' });
  const socket = server.socket();
  await socket.write(hello());
  await socket.receive((got) => framesIn(got).some(({ type, flags }) => type === SETTINGS && flags === 1));
  let packets = 0;
  socket.socket.on('data', () => packets++);
  await socket.write(Buffer.concat(streams(16).flatMap(call)));
  const ends = (got: Buffer) =>
    framesIn(got).filter(({ flags, type }) => type === HEADERS && flags & END_STREAM);
  await socket.receive((got) => ends(got).length === 16);
  expect(packets).toBe(1);
});

it('A connection that is closed gracefully gets two GOAWAY frames, and calls between them are answered', async () => {
  const server = await aFaultServer({ http2: 'own' });
  const socket = server.socket();
  await socket.write(Buffer.concat([hello(), ...call(1)]));
  const goAways = (got: Buffer) => framesIn(got).filter(({ type }) => type === GOAWAY);
  const draining = server.listener.drain(200);
  await socket.receive((got) => goAways(got).length === 1);
  await socket.write(Buffer.concat(call(3)));
  const ping = framesIn(socket.received).find(({ type }) => type === PING);
  await socket.write(http2Frame(PING, 1, 0, ping?.payload ?? Buffer.alloc(8)));
  await draining;
  await socket.closed;
  expect(goAways(socket.received).map(({ payload }) => payload.readUInt32BE(0))).toStrictEqual([
    2 ** 31 - 1,
    3,
  ]);
  const ends = framesIn(socket.received).filter(({ flags, type }) => type === HEADERS && flags & END_STREAM);
  expect(ends.map(({ stream }) => stream)).toStrictEqual([1, 3]);
});
