/** The bytes of real brokers' connections, in their chunks and cut anywhere, with node:http2 as the judge. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readBrokerConnections, recordedBrokers } from '../../support/broker-connections.ts';
import { DATA, GOAWAY, HEADERS, Peer } from './peer.ts';

interface Request {
  /** With pseudo-header fields. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Without the symbols and the prototype of node:http2. */
const plain = (headers: IncomingHttpHeaders): IncomingHttpHeaders => JSON.parse(JSON.stringify(headers));

/** What node:http2 makes of the bytes, in the order in which the requests ended. */
async function readByNode(chunks: readonly Buffer[]): Promise<Request[]> {
  const requests: Request[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    const body: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => body.push(chunk));
    stream.on('end', () => {
      requests.push({ headers: plain(headers), body: Buffer.concat(body).toString('hex') });
      stream.respond({ ':status': 200 }, { endStream: true });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.resume();
  socket.end(Buffer.concat(chunks));
  await once(socket, 'close');
  await new Promise((done) => server.close(done));
  return requests;
}

/** A peer that has sent the chunks. */
function replay(chunks: Iterable<Uint8Array>): Peer {
  const peer = new Peer();
  for (const chunk of chunks) peer.send(chunk);
  return peer;
}

/** The handler's input and the responses, by stream, whatever the order among streams. */
function summarize(peer: Peer): string {
  const frames = peer.take();
  const problems = [...peer.reasons, ...peer.streamReasons, ...frames.filter(({ type }) => type === GOAWAY)];
  if (problems.length > 0) throw new Error(`refused: ${JSON.stringify(problems)}`);
  const streams = new Map<number, string>();
  for (const { stream, type, payload, flags } of frames) {
    if (type !== HEADERS && type !== DATA) continue;
    const before = streams.get(stream) ?? '';
    streams.set(stream, `${before} ${type}/${flags}/${payload.toString('hex')}`);
  }
  const requests = peer.requests.map(({ head, body }) => `${head.path} ${body.toString('hex')}`);
  return JSON.stringify([requests, [...streams].sort(([a], [b]) => a - b)]);
}

const cutAt = (bytes: Buffer, ...places: number[]): Buffer[] =>
  [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));

describe.each(recordedBrokers)('the connections of %s', (broker) => {
  const connections = readBrokerConnections(broker);

  it('carry calls, the second one the rest of them', () => {
    expect(connections).toHaveLength(2);
    for (const chunks of connections) expect(chunks.length).toBeGreaterThan(5);
  });

  it('are read as node:http2 reads them, in the chunks in which they came', async () => {
    for (const chunks of connections) {
      const peer = replay(chunks);
      const theirs = await readByNode(chunks);
      const ours = peer.requests.map(({ head, body }) => ({
        headers: plain(head.headers),
        body: body.toString('hex'),
      }));
      expect(ours).toStrictEqual(theirs);
      expect(ours.length).toBeGreaterThan(5);
      // Brokers write HEADERS and DATA one after the other: they come in one chunk or in two. In two: 1 call of 49 with
      // 5.3.2, 16 of 49 with 6.2, 11 of 70 with 6.3.
      expect(peer.requests.some(({ isFast }) => isFast)).toBe(true);
      expect(peer.connection.streams.size).toBe(0);
    }
  });

  it('are answered alike in one piece, and octet by octet', () => {
    for (const chunks of connections) {
      const bytes = Buffer.concat(chunks);
      const expected = summarize(replay(chunks));
      expect(summarize(replay([bytes]))).toBe(expected);
      const slow = replay(cutAt(bytes, ...Array.from({ length: bytes.length - 1 }, (_, at) => at + 1)));
      expect(slow.requests.some(({ isFast }) => isFast)).toBe(false);
      expect(summarize(slow)).toBe(expected);
    }
  });

  it('are answered alike when they are cut at any octet', () => {
    const bytes = Buffer.concat(connections[1] ?? []);
    const expected = summarize(replay([bytes]));
    for (let at = 1; at < bytes.length; at++)
      if (summarize(replay(cutAt(bytes, at))) !== expected) expect.fail(`cut at ${at}`);
  });

  it('are left alone when they end at any octet: nothing is answered twice, nothing is kept', () => {
    const bytes = Buffer.concat(connections[1] ?? []);
    let before = 0;
    for (let end = 0; end <= bytes.length; end += 3) {
      const peer = replay([bytes.subarray(0, end)]);
      peer.connection.closed();
      if (peer.held !== 0 || peer.reasons.length > 0 || peer.requests.length < before)
        expect.fail(`ended at ${end}`);
      before = peer.requests.length;
    }
    expect(before).toBeGreaterThan(5);
  });
});
