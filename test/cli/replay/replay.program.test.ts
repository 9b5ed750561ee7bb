import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replay, spread } from '../../../src/cli/replay/replay.ts';
import type { Sample } from '../../../src/cli/replay/summary.ts';
import type { RecordedCall } from '../../../src/protocol/wire/read-recording.ts';
import { requestOf, rpcFor } from '../../support/runtime.ts';

const rpc = rpcFor('client.connected');

function aCall(line: number, connection: number, atMs = 0): RecordedCall {
  const bytes = requestOf(rpc, { clientinfo: { clientid: String(line) } });
  return { line, rpc, path: rpc.path, atMs, connection, headers: {}, bytes };
}

const linesOf = (lanes: RecordedCall[][]) => lanes.map((lane) => lane.map(({ line }) => line));

describe('calls spread over connections', () => {
  const calls = [aCall(1, 7), aCall(2, 3), aCall(3, 7), aCall(4, 9), aCall(5, 3)];

  it.each([
    [1, [[1, 2, 3, 4, 5]]],
    [
      2,
      [
        [1, 3, 4],
        [2, 5],
      ],
    ],
    [3, [[1, 3], [2, 5], [4]]],
    [8, [[1, 3], [2, 5], [4]]],
  ])(
    'with %d connections keep the calls of one recorded connection together, in order',
    (connections, expected) => {
      expect(linesOf(spread(calls, connections))).toStrictEqual(expected);
    },
  );

  it('are none when there are none', () => {
    expect(spread([], 8)).toStrictEqual([]);
  });
});

/** Counts connections, and answers every call. */
async function countingServer(answer: (stream: ServerHttp2Stream) => void) {
  const sessions: { streams: number }[] = [];
  const server = createServer();
  server.on('session', (session) => {
    const counts = { streams: 0 };
    sessions.push(counts);
    session.on('stream', () => counts.streams++);
    onTestFinished(() => session.destroy());
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume().once('end', () => answer(stream));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return { sessions, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const answerWith = (body: readonly number[]) => (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': 200 }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.from(body));
};
const success = answerWith([0, 0, 0, 0, 0]);

async function collect(calls: RecordedCall[], options: Partial<Parameters<typeof replay>[1]>) {
  const samples: [number, Sample][] = [];
  await replay(calls, {
    url: 'http://127.0.0.1:1',
    connections: 8,
    speed: Number.POSITIVE_INFINITY,
    loops: 1,
    onSample: (sample, { line }) => samples.push([line, sample]),
    ...options,
  });
  return samples;
}

describe('a replay', () => {
  it('sends every call, as often as asked, on as many connections as it may', async () => {
    const { sessions, url } = await countingServer(success);
    const samples = await collect([aCall(1, 1), aCall(2, 2), aCall(3, 1)], { url, loops: 3 });
    expect(samples).toHaveLength(9);
    expect(samples.every(([, { reply, isFailed }]) => reply === 'ok' && !isFailed)).toBe(true);
    expect(sessions.map(({ streams }) => streams).toSorted()).toStrictEqual([3, 6]);
    expect(samples.map(([line]) => line).filter((line) => line !== 2)).toStrictEqual([1, 3, 1, 3, 1, 3]);
  });

  it('sends no call before its time', async () => {
    const { url } = await countingServer(success);
    const start = performance.now();
    const times: number[] = [];
    await collect([aCall(1, 1, 0), aCall(2, 1, 100)], {
      url,
      speed: 2,
      onSample: () => times.push(performance.now() - start),
    });
    expect(times[1]).toBeGreaterThanOrEqual(49);
  });

  it.each([
    ['no message', answerWith([]), 'no reply'],
    ['bytes that are no reply', answerWith([0, 0, 0, 0, 1, 255]), /reply/],
    [
      'an error',
      (stream: ServerHttp2Stream) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.once('wantTrailers', () =>
          stream.sendTrailers({ 'grpc-status': '14', 'grpc-message': 'away' }),
        );
        stream.end();
      },
      'status 14: away',
    ],
  ])('counts %s as a failure, and continues', async (_what, answer, reply) => {
    const { url } = await countingServer(answer);
    const samples = await collect([aCall(1, 1), aCall(2, 1)], { url });
    expect(samples.map(([, { isFailed }]) => isFailed)).toStrictEqual([true, true]);
    for (const [, sample] of samples) {
      if (typeof reply === 'string') expect(sample.reply).toBe(reply);
      else expect(sample.reply).toMatch(reply);
    }
  });

  it('counts a call without an answer as a failure', async () => {
    const { url } = await countingServer(() => {});
    const samples = await collect([aCall(1, 1)], { url, timeout: 50 });
    expect(samples).toMatchObject([[1, { isFailed: true, reply: 'status -1: no answer within 50 ms' }]]);
  });

  it('ends when it is stopped', async () => {
    const { url } = await countingServer(success);
    const abort = new AbortController();
    const lines: number[] = [];
    await collect([aCall(1, 1), aCall(2, 1), aCall(3, 1)], {
      url,
      signal: abort.signal,
      onSample: (_sample, { line }) => {
        lines.push(line);
        if (line === 2) abort.abort();
      },
    });
    expect(lines).toStrictEqual([1, 2]);
  });

  it('fails when no connection can be made', async () => {
    await expect(collect([aCall(1, 1)], {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
