/** Streams that last, and answers that nobody reads: neither adds up. */
import { type ClientHttp2Session, connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HealthCheckRequestSchema } from '../../gen/grpc/health/v1/health_pb.ts';
import { WatchLimit } from '../../src/transport/watch-limit.ts';
import {
  aFaultServer,
  callPlain,
  type FaultServer,
  frame,
  grpcHeaders,
  isAnswered,
  plain,
  plainRequest,
  until,
} from './fault-support.ts';

const WATCH = '/grpc.health.v1.Health/Watch';
const request = frame(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema)));

describe('the limit', () => {
  const aLimit = (watches: number, watchesPerConnection: number) => {
    const limit = new WatchLimit({ watches, watchesPerConnection });
    const ended: string[] = [];
    const enter = (connection: object, name: string) =>
      limit.enter(connection, (reason) => ended.push(`${name}: ${reason}`));
    return { limit, ended, enter };
  };

  it('ends the oldest of a connection that has too many, and none of another', () => {
    const { limit, ended, enter } = aLimit(10, 2);
    const [a, b] = [{}, {}];
    enter(b, 'b1');
    for (const name of ['a1', 'a2', 'a3', 'a4']) enter(a, name);
    expect(ended.map((text) => text.slice(0, 2))).toEqual(['a1', 'a2']);
    expect(ended[0]).toContain('limits.watchesPerConnection');
    expect(limit.size).toBe(3);
  });

  it('ends the oldest of all when there are too many in all', () => {
    const { ended, enter } = aLimit(3, 2);
    for (let i = 0; i < 5; i++) enter({}, `c${i}`);
    expect(ended).toEqual(['c0: too many watches: limits.watches', 'c1: too many watches: limits.watches']);
  });

  it('counts none that has left, however often it leaves', () => {
    const { limit, ended, enter } = aLimit(2, 2);
    const connection = {};
    for (let i = 0; i < 10; i++) {
      const leave = enter(connection, String(i));
      leave();
      leave();
    }
    expect([limit.size, ended]).toEqual([0, []]);
  });
});

/** What one watch was told, and how it ended. */
interface Told {
  states: number;
  status?: string;
  isReset?: boolean;
}

function openSession({ url }: FaultServer, settings = {}): ClientHttp2Session {
  const session = connect(url, { settings });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** A watch over gRPC, by node:http2. */
function watchOn(session: ClientHttp2Session, heard: () => void = () => {}): Told {
  const told: Told = { states: 0 };
  const stream = session.request(grpcHeaders(WATCH, { 'grpc-timeout': undefined }));
  stream.on('data', () => {
    told.states++;
    heard();
  });
  stream.on('trailers', (trailers) => {
    told.status = String(trailers['grpc-status']);
  });
  stream.on('error', () => {});
  stream.on('close', () => {
    told.isReset = stream.rstCode !== 0;
  });
  stream.end(request);
  return told;
}

function watchMany(server: FaultServer, count: number, settings = {}): Told[] {
  const session = openSession(server, settings);
  return Array.from({ length: count }, () => watchOn(session));
}

/** Each when the one before has heard its first state. */
function watchOneByOne(server: FaultServer, count: number): Told[] {
  const session = openSession(server);
  const watches: Told[] = [];
  const next = (): void => {
    if (watches.length === count) return;
    let isFirst = true;
    const watch = watchOn(session, () => {
      if (isFirst) next();
      isFirst = false;
    });
    watches.push(watch);
  };
  next();
  return watches;
}

describe('health watches', () => {
  it('of one connection beyond its limit end with a status, the oldest first, and others continue', async () => {
    const refused: string[] = [];
    const server = await aFaultServer({
      watchesPerConnection: 4,
      refused: (reason) => void refused.push(reason),
    });
    const other = watchMany(server, 1);
    await until(() => other[0]?.states === 1);
    const watches = watchOneByOne(server, 10);
    await until(() => watches.length === 10 && watches.at(-1)?.states === 1);
    await until(() => watches.filter(({ status }) => status === '8').length === 6);
    expect(server.listener.connections.open).toBe(5);
    expect(watches.map(({ status }) => status)).toEqual([...Array(6).fill('8'), ...Array(4).fill(undefined)]);
    expect(other[0]).toEqual({ states: 1 });
    expect(refused[0]).toContain('limits.watchesPerConnection');
    server.listener.announceDrain();
    await until(() => watches.at(-1)?.states === 2);
    const drained = server.listener.drain(1_000);
    await until(() => watches.at(-1)?.status === '14');
    await drained;
  });

  it('that come in a crowd leave as many as may be, and each of the others has a status', async () => {
    const server = await aFaultServer({ watchesPerConnection: 4 });
    const watches = watchMany(server, 500);
    await until(() => watches.filter(({ status }) => status === '8').length === 496);
    await until(() => server.listener.connections.open === 4);
    expect(isAnswered(await callPlain(server.client()))).toBe(true);
  });

  it('in all have a limit over all connections', async () => {
    const server = await aFaultServer({ watches: 6, watchesPerConnection: 4 });
    const told = [watchMany(server, 4)];
    await until(() => told[0]?.every(({ states }) => states === 1) === true);
    told.push(watchMany(server, 4));
    await until(() => told[0]?.filter(({ status }) => status === '8').length === 2);
    expect(server.listener.watches.size).toBe(6);
  });

  it('that nobody reads are reset, or refused with a status, when they are too many', async () => {
    const server = await aFaultServer({ watchesPerConnection: 4, bodyTimeout: 500 });
    const watches = watchMany(server, 300, { initialWindowSize: 0 });
    await until(() => watches.filter(({ isReset, status }) => isReset || status === '8').length === 296);
    await until(() => server.listener.connections.open === 4);
  });

  it.each([
    ['gRPC-Web', 'application/grpc-web+proto', request],
    ['Connect', 'application/connect+proto', request],
    ['Connect with JSON', 'application/connect+json', frame(Buffer.from('{}'))],
  ])('over HTTP/1.1 with %s are counted too, and end with a status', async (_, type, body) => {
    const server = await aFaultServer({ watches: 3 });
    const texts = Array.from({ length: 8 }, async (): Promise<string> => {
      const response = await fetch(`${server.url}${WATCH}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(body),
      });
      return await response.text();
    });
    const ended = await Promise.all(texts.map((text) => Promise.race([text, untilQuiet(server)])));
    expect(ended.filter((text) => /grpc-status: 8|resource_exhausted/.test(text))).toHaveLength(5);
    expect(server.listener.watches.size).toBe(3);
    await server.listener.drain(1_000);
  });
});

/** Resolves some time after as many watches are open as may be: those that still last say nothing. */
async function untilQuiet({ listener }: FaultServer): Promise<string> {
  await until(() => listener.watches.size === 3);
  return await new Promise((resolve) => setTimeout(resolve, 2_000, 'lasts'));
}

describe('answers that nobody reads', () => {
  it.each([
    ['of calls', plain.path, frame(plainRequest)],
    ['of health checks', '/grpc.health.v1.Health/Check', request],
  ])('%s are reset when their time is over', async (_, path, body) => {
    const server = await aFaultServer({ bodyTimeout: 500 });
    const session = openSession(server, { initialWindowSize: 0 });
    for (let i = 0; i < 50; i++)
      session
        .request(grpcHeaders(path))
        .on('error', () => {})
        .end(body);
    await until(() => server.listener.unread.size === 50);
    expect(server.listener.connections.open).toBe(50);
    await until(() => server.listener.connections.open === 0);
    expect([server.listener.unread.size, server.listener.load.bytes]).toEqual([0, 0]);
  });

  it('are reset, the oldest first, when there are too many', async () => {
    const server = await aFaultServer({ inFlight: 20 });
    const session = openSession(server, { initialWindowSize: 0 });
    const resets: number[] = [];
    for (let i = 0; i < 200; i++) {
      const stream = session.request(grpcHeaders(plain.path));
      stream.on('error', () => {});
      stream.on('close', () => resets.push(i));
      stream.end(frame(plainRequest));
    }
    await until(() => resets.length === 180);
    expect(server.listener.connections.open).toBe(20);
    expect(Math.max(...resets)).toBe(179);
    expect(isAnswered(await callPlain(server.client()))).toBe(true);
  });

  it('are not taken for those that go out at once and are read in a moment', async () => {
    const server = await aFaultServer({ inFlight: 5 });
    const clients = Array.from({ length: 3 }, () => server.client());
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, i) => callPlain(clients[i % 3] as (typeof clients)[0])),
    );
    // Some may be shed, for want of room for their body; each has a status.
    expect(answers.filter(({ trailers }) => trailers['grpc-status'] === undefined)).toEqual([]);
    expect(answers.filter(({ resetCode }) => resetCode !== 0)).toEqual([]);
  });

  it('leave nothing behind when they are read', async () => {
    const server = await aFaultServer();
    const client = server.client();
    for (let i = 0; i < 20; i++) expect(isAnswered(await callPlain(client))).toBe(true);
    await until(() => server.listener.unread.size === 0);
  });
});
