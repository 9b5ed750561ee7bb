/** The stand-in treats HTTP/2 as the client of EMQX was seen to. */
import { once } from 'node:events';
import { createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from './connection.ts';
import type { Release } from './release.ts';

const TIMEOUT = 200;
const REPLY = Buffer.from([0, 0, 0, 0, 1, 7]);

async function against(answer: (stream: ServerHttp2Stream) => void, goaway: Release['goaway'] = 'finishes') {
  const sessions: Http2Session[] = [];
  const server = createServer().listen(0, '127.0.0.1');
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    answer(stream);
  });
  await once(server, 'listening');
  const connection = new Connection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, goaway);
  onTestFinished(() => {
    connection.close();
    server.close();
    for (const session of sessions) session.destroy();
  });
  const call = () => connection.call('/a', { timeout: TIMEOUT, body: new Uint8Array() });
  return { connection, call, sessions };
}

function reply(stream: ServerHttp2Stream, status: number, body?: Buffer): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status) }));
  stream.end(body);
}

describe('a call of the stand-in broker', () => {
  it.each<[what: string, answer: (stream: ServerHttp2Stream) => void, expected: object]>([
    ['a message is a reply', (stream) => reply(stream, 0, REPLY), { kind: 'reply' }],
    ['a status is an error at once', (stream) => reply(stream, 14), { kind: 'error', status: 14 }],
    ['a message with an error status is a reply', (stream) => reply(stream, 14, REPLY), { kind: 'reply' }],
    ['a stream that is reset is not noticed', (stream) => stream.close(7), { kind: 'timeout' }],
    ['nothing is a timeout', () => {}, { kind: 'timeout' }],
    [
      'what comes too late is a timeout',
      (stream) => void setTimeout(() => reply(stream, 0, REPLY), 3 * TIMEOUT),
      { kind: 'timeout' },
    ],
  ])('ends as the broker was seen to end it: %s', async (_what, answer, expected) => {
    const { call } = await against(answer);
    expect(await call()).toMatchObject(expected);
  });

  it('whose message cannot be encoded leaves a stream without a body', async () => {
    const streams: ServerHttp2Stream[] = [];
    const { connection } = await against((stream) => void streams.push(stream));
    expect(await connection.call('/a', { timeout: TIMEOUT, body: undefined })).toStrictEqual({
      kind: 'timeout',
    });
    await expect.poll(() => streams.length).toBe(1);
    expect([streams[0]?.readableEnded, streams[0]?.destroyed]).toStrictEqual([false, false]);
  });

  it('is finished behind GOAWAY, and one that begins meanwhile is lost', async () => {
    const waiting: ServerHttp2Stream[] = [];
    const { connection, call, sessions } = await against((stream) => void waiting.push(stream));
    const first = call();
    await expect.poll(() => waiting.length, { interval: 5 }).toBe(1);
    sessions[0]?.goaway();
    await expect
      .poll(async () => (await Promise.race([call(), 'sent'])) !== 'sent', { interval: 5 })
      .toBe(true);
    reply(waiting[0] as ServerHttp2Stream, 0, REPLY);
    expect(await first).toMatchObject({ kind: 'reply' });
    expect(connection.lost).toBeGreaterThan(0);
  });

  it('is lost with GOAWAY on a release that ends the connection at once', async () => {
    const waiting: ServerHttp2Stream[] = [];
    const { call, sessions } = await against((stream) => void waiting.push(stream), 'loses');
    const first = call();
    await expect.poll(() => waiting.length, { interval: 5 }).toBe(1);
    sessions[0]?.goaway();
    expect(await first).toStrictEqual({ kind: 'lost' });
    expect(await call()).toStrictEqual({ kind: 'lost' });
  });
});
