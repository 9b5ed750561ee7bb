/** Floods against the built server, longer than in test/transport/faults.test.ts: memory must come back. */
import { constants } from 'node:http2';
import { expect, it, onTestFinished } from 'vitest';
import { type RunningServer, startServer } from '../program/support/program.ts';
import {
  callPlain,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  grpcBlock,
  grpcHeaders,
  HEADERS,
  hello,
  http2Frame,
  isAnswered,
  PING,
  plain,
  plainRequest,
  RST_STREAM,
  SETTINGS,
  settle,
  uint32,
} from '../transport/fault-support.ts';
import { RawClient, RawSocket } from '../transport/raw-client.ts';
import { report, residentMiB, startLanes } from './load.ts';

const headers = (stream: number) => http2Frame(HEADERS, END_HEADERS, stream, grpcBlock(plain.path));
const body = (stream: number) => http2Frame(DATA, END_STREAM, stream, frame(plainRequest));
const reset = (stream: number) => http2Frame(RST_STREAM, 0, stream, uint32(constants.NGHTTP2_CANCEL));
const streams = (count: number) => Array.from({ length: count }, (_, index) => 2 * index + 1);

type Flood = (server: RunningServer) => Promise<void>;

async function raw(server: RunningServer, settings: Uint8Array, packets: readonly Buffer[]): Promise<void> {
  const socket = new RawSocket(server.port);
  await socket.write(hello(settings));
  socket.socket.pause();
  for (const packet of packets) socket.socket.write(packet);
  socket.socket.resume();
  await settle(socket);
  socket.destroy();
  await socket.closed;
}

const NO_SETTINGS = Buffer.alloc(0);

const floods: Readonly<Record<string, Flood>> = {
  'nothing, to compare': async () => {},
  '10,000 streams opened and reset': async (server) => {
    const client = new RawClient(server.url);
    for (let batch = 0; batch < 100 && !client.session.destroyed; batch++) {
      const opened = Array.from({ length: 100 }, () => client.open(grpcHeaders(plain.path)));
      for (const { stream } of opened) stream.close(constants.NGHTTP2_CANCEL);
      await Promise.allSettled(opened.map(({ answer }) => answer));
    }
    await client.close();
  },
  '10,000 streams reset in the packet that opens them': (server) =>
    raw(server, NO_SETTINGS, [Buffer.concat(streams(10_000).flatMap((id) => [headers(id), reset(id)]))]),
  '10,000 calls reset after their body': (server) =>
    raw(
      server,
      NO_SETTINGS,
      streams(10_000).map((id) => Buffer.concat([headers(id), body(id), reset(id)])),
    ),
  '10,000 streams with headers only': (server) => raw(server, NO_SETTINGS, streams(10_000).map(headers)),
  '10,000 calls of a client without a window': (server) =>
    raw(
      server,
      Buffer.from([0, 4, 0, 0, 0, 0]),
      streams(10_000).map((id) => Buffer.concat([headers(id), body(id)])),
    ),
  '200,000 PING frames': (server) =>
    raw(
      server,
      NO_SETTINGS,
      Array(200).fill(Buffer.concat(Array(1_000).fill(http2Frame(PING, 0, 0, Buffer.alloc(8))))),
    ),
  '100,000 SETTINGS frames': (server) =>
    raw(
      server,
      NO_SETTINGS,
      Array(100).fill(Buffer.concat(Array(1_000).fill(http2Frame(SETTINGS, 0, 0, NO_SETTINGS)))),
    ),
};

/** Ten thousand open streams need their own heap limit. */
const heapMiB = (name: string): number => (/headers only|window/.test(name) ? 128 : 48);

/** Memory grows to the peak in use, so only the growth between rounds is significant. */
it.each(Object.entries(floods))(
  '%s, again and again: the server serves, and memory does not grow',
  async (name, flood) => {
    const server = await startServer(['--events-stdout', 'off'], {
      // A small heap is collected often: its size is what is held, and a leak would end the process.
      env: { NODE_OPTIONS: `--max-semi-space-size=1 --max-old-space-size=${heapMiB(name)}` },
    });
    const other = new RawClient(server.url);
    onTestFinished(() => other.close());
    const measure = async () => {
      const lanes = startLanes(server.url, 4, 4);
      while (lanes.some(({ tally }) => tally.answered.length < 1_000)) await callPlain(other);
      await Promise.all(lanes.map((lane) => lane.stop()));
      return residentMiB(server.pid);
    };
    const before = await measure();
    const after: number[] = [];
    for (let round = 0; round < 5; round++) {
      await flood(server);
      expect(isAnswered(await callPlain(other))).toBe(true);
      after.push(await measure());
    }
    report(name, { before, ...Object.fromEntries(after.map((rss, round) => [`round${round + 1}`, rss])) });
    expect(after[4]).toBeLessThan(1.25 * Math.max(...after.slice(0, 2)));
    expect(server.child.exitCode).toBeNull();
    expect((await server.stop()).code).toBe(0);
  },
);
