/** Requests and replies: how a connection interprets bytes, however they are split. [RFC 9113, section 8] */
import { describe, expect, it } from 'vitest';
import { encodeFields } from '../../../src/transport/http2/hpack/encoder.ts';
import {
  CONTINUATION,
  DATA,
  data,
  END_HEADERS,
  END_STREAM,
  HEADERS,
  headers,
  http2Frame,
  PADDED,
  Peer,
  PREFACE,
  RST_STREAM,
  request,
  requestTo,
  reset,
  SETTINGS,
  setting,
  WINDOW_UPDATE,
  WITH_PRIORITY,
  windowUpdate,
} from './peer.ts';

/** Header block, body, trailers: as the handler of these tests answers. */
function expectEcho(peer: Peer, stream: number, body: string): void {
  const frames = peer.take().filter((frame) => frame.stream === stream);
  const [first, ...rest] = frames;
  const last = rest.pop();
  expect(first?.type).toBe(HEADERS);
  expect(first && peer.fields(first)).toStrictEqual({ ':status': '200', 'content-type': 'text/plain' });
  expect(Buffer.concat(rest.map(({ payload }) => payload)).toString()).toBe(`>${body}`);
  expect(last).toMatchObject({ type: HEADERS, flags: END_STREAM | END_HEADERS });
  expect(last && peer.fields(last)).toStrictEqual({ status: 'fine' });
}

describe('a request that is whole in one chunk', () => {
  it('is answered in the same turn, without a stream, and with one write', () => {
    const peer = Peer.ready();
    const before = peer.writes;
    peer.send(headers(1), data(1, 'hello'));
    expect(peer.writes - before).toBe(1);
    expect(peer.requests).toMatchObject([{ isFast: true, head: { path: '/echo', method: 'POST' } }]);
    expect(peer.connection.streams.size).toBe(0);
    expectEcho(peer, 1, 'hello');
  });

  it('has the replies of the whole chunk in one write', () => {
    const peer = Peer.ready();
    const before = peer.writes;
    peer.send(...[1, 3, 5, 7].flatMap((id) => [headers(id), data(id, `${id}`)]));
    expect(peer.writes - before).toBe(1);
    const frames = peer.take();
    for (const id of [1, 3, 5, 7]) expect(frames.filter(({ stream }) => stream === id)).toHaveLength(3);
  });

  it('may have no body at all', () => {
    const peer = Peer.ready();
    peer.send(headers(1, request, END_STREAM));
    expectEcho(peer, 1, '');
  });

  it('that is answered later keeps a stream until then', () => {
    const peer = Peer.ready();
    peer.send(headers(1, requestTo('/later')), data(1, 'hello'));
    expect(peer.take()).toStrictEqual([]);
    expect(peer.connection.streams.size).toBe(1);
    peer.answer(1, Buffer.from('>hello'));
    peer.turn();
    expectEcho(peer, 1, 'hello');
    expect(peer.seen.get(1)?.closed).toBe(0);
    expect(peer.connection.streams.size).toBe(0);
    expect(peer.held).toBe(0);
  });

  it('gets the same head as the request before when its header block is the same', () => {
    const peer = Peer.ready();
    // Indexed fields of the static table only.
    const block = encodeFields([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', '/'],
    ]);
    for (const id of [1, 3]) peer.send(http2Frame(HEADERS, END_HEADERS | END_STREAM, id, block));
    expect(peer.requests[0]?.head).toBe(peer.requests[1]?.head);
  });
});

const session = Buffer.concat([
  Buffer.from(PREFACE),
  http2Frame(SETTINGS, 0, 0, setting(3, 100)),
  headers(1),
  data(1, 'whole'),
  headers(3),
  data(3, 'in ', 0),
  data(3, 'pieces', 0),
  data(3, '', END_STREAM),
  http2Frame(HEADERS, PADDED | WITH_PRIORITY | END_HEADERS, 5, paddedBlock()),
  http2Frame(DATA, PADDED | END_STREAM, 5, Buffer.from([3, ...Buffer.from('padded'), 0, 0, 0])),
  http2Frame(HEADERS, END_STREAM, 7, encodeFields(request).subarray(0, 5)),
  http2Frame(CONTINUATION, 0, 7, encodeFields(request).subarray(5, 9)),
  http2Frame(CONTINUATION, END_HEADERS, 7, encodeFields(request).subarray(9)),
  headers(9),
  data(9, 'with trailers', 0),
  headers(9, [['x-end', 'yes']], END_STREAM),
]);
const bodies = ['whole', 'in pieces', 'padded', '', 'with trailers'];

function paddedBlock(): Buffer {
  return Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 9]), encodeFields(request), Buffer.alloc(2)]);
}

describe('the bytes of a connection', () => {
  it('mean the same when they are cut anywhere', () => {
    for (let cut = 1; cut < session.length; cut++) {
      const peer = new Peer();
      peer.send(session.subarray(0, cut));
      peer.send(session.subarray(cut));
      expect(peer.requests.map(({ body }) => body.toString())).toStrictEqual(bodies);
      expect([peer.held, peer.connection.streams.size]).toStrictEqual([0, 0]);
    }
  });

  it.each([1, 2, 3, 7, 13, 64])('mean the same in chunks of %d bytes', (size) => {
    const peer = new Peer();
    for (let at = 0; at < session.length; at += size) peer.send(session.subarray(at, at + size));
    expect(peer.requests.map(({ body }) => body.toString())).toStrictEqual(bodies);
    const frames = peer.take();
    for (const id of [1, 3, 5, 7, 9])
      expect(frames.filter(({ stream, type }) => stream === id && type === HEADERS)).toHaveLength(2);
    expect(peer.reasons).toStrictEqual([]);
  });
});

describe('a request in pieces', () => {
  it('hands its trailers to who reads it', () => {
    const peer = Peer.ready();
    peer.send(headers(1), data(1, 'a', 0), headers(1, [['x-end', 'yes']], END_STREAM));
    expect(peer.seen.get(1)?.trailers).toStrictEqual([['x-end', 'yes']]);
    expectEcho(peer, 1, 'a');
  });

  it('is interleaved with others', () => {
    const peer = Peer.ready();
    peer.send(headers(1), headers(3), data(1, 'a', 0), data(3, 'b', 0), data(1, 'c'), data(3, 'd'));
    expect(peer.requests.map(({ body }) => body.toString())).toStrictEqual(['ac', 'bd']);
  });

  it('that is answered before its end gets RST_STREAM with NO_ERROR a second later', () => {
    const peer = Peer.ready();
    peer.send(headers(1, requestTo('/later')), data(1, 'a', 0));
    peer.answer(1, Buffer.from('early'));
    peer.turn();
    expect(peer.take().map(({ type }) => type)).toStrictEqual([HEADERS, DATA, HEADERS]);
    peer.wait(1_000);
    const [frame] = peer.take();
    expect(frame).toMatchObject({ type: RST_STREAM, stream: 1 });
    expect(frame?.payload.readUInt32BE(0)).toBe(0);
    // Frames that the peer had sent by then are harmless.
    peer.send(data(1, 'late'), headers(3), data(3, 'next'));
    expect(peer.reasons).toStrictEqual([]);
    expectEcho(peer, 3, 'next');
  });

  it('that is answered before its end, and then ends, gets no RST_STREAM', () => {
    const peer = Peer.ready();
    peer.send(headers(1, requestTo('/later')));
    peer.answer(1, Buffer.from('early'));
    peer.send(data(1, 'late'));
    peer.take();
    peer.wait(2_000);
    expect(peer.take()).toStrictEqual([]);
    expect(peer.connection.streams.size).toBe(0);
  });

  it('that is reset tells who reads it, and its answer is dropped', () => {
    const peer = Peer.ready();
    peer.send(headers(1, requestTo('/later')), data(1, 'a', 0), reset(1));
    expect(peer.seen.get(1)?.closed).toBe(8);
    peer.answer(1, Buffer.from('too late'));
    peer.turn();
    expect(peer.take()).toStrictEqual([]);
    expect(peer.held).toBe(0);
  });

  it('that is open when the connection breaks tells who reads it', () => {
    const peer = Peer.ready();
    peer.send(headers(1, requestTo('/later')), data(1, 'a', 0));
    peer.connection.closed();
    expect(peer.seen.get(1)?.closed).toBe(8);
  });
});

describe('flow control', () => {
  it('makes a reply wait for the window of its stream', () => {
    const peer = Peer.ready(setting(4, 4));
    peer.send(headers(1), data(1, 'hello'));
    expect(peer.take().map(({ payload, type }) => (type === DATA ? payload.toString() : type))).toStrictEqual(
      [HEADERS, '>hel'],
    );
    expect(peer.held).toBe(6);
    peer.send(windowUpdate(1, 1));
    expect(peer.take().map(({ payload }) => payload.toString())).toStrictEqual(['l']);
    peer.send(windowUpdate(1, 9));
    const [piece, trailers] = peer.take();
    expect(piece).toMatchObject({ type: DATA, flags: 0, payload: Buffer.from('o') });
    expect(trailers).toMatchObject({ type: HEADERS, flags: END_STREAM | END_HEADERS });
    expect([peer.held, peer.connection.streams.size]).toStrictEqual([0, 0]);
  });

  it('lets a change of the initial window open and shut the windows of streams', () => {
    const peer = Peer.ready(setting(4, 0));
    peer.send(headers(1), data(1, 'hello'));
    peer.take();
    peer.send(http2Frame(SETTINGS, 0, 0, setting(4, 2)));
    expect(peer.take().filter(({ type }) => type === DATA)).toMatchObject([{ payload: Buffer.from('>h') }]);
    // 2 less than nothing.
    peer.send(http2Frame(SETTINGS, 0, 0, setting(4, 0)), windowUpdate(1, 2));
    expect(peer.take().filter(({ type }) => type === DATA)).toStrictEqual([]);
    peer.send(windowUpdate(1, 4));
    expect(peer.take().filter(({ type }) => type === DATA)).toMatchObject([{ payload: Buffer.from('ello') }]);
  });

  it('makes replies share the window of the connection, a frame of each in turn', () => {
    const peer = Peer.ready(setting(4, 1_000_000));
    for (const id of [1, 3]) peer.send(headers(id, requestTo('/later'), END_STREAM));
    for (const id of [1, 3]) peer.answer(id, Buffer.alloc(50_000, id));
    peer.turn();
    const sent = (frames: ReturnType<Peer['take']>) =>
      frames.filter(({ type }) => type === DATA).map(({ stream, payload }) => [stream, payload.length]);
    // Of 65,535 the first stream has taken its three frames when the second begins.
    expect(sent(peer.take()).reduce((sum, [, size = 0]) => sum + size, 0)).toBe(65_535);
    peer.send(windowUpdate(0, 1_000_000));
    const rest = sent(peer.take());
    expect(rest.reduce((sum, [, size = 0]) => sum + size, 0)).toBe(100_000 - 65_535);
    expect(peer.held).toBe(0);
  });

  it('gives the peer its window back in large steps', () => {
    const peer = Peer.ready();
    const chunk = Buffer.alloc(10_000);
    let updates = 0;
    for (let i = 0; i < 100; i++) {
      peer.send(headers(2 * i + 1), data(2 * i + 1, chunk));
      const frames = peer.take();
      for (const { type, stream } of frames) if (type === WINDOW_UPDATE && stream === 0) updates++;
      // The replies need their own window.
      peer.send(windowUpdate(0, 10_001));
    }
    expect(peer.reasons).toStrictEqual([]);
    expect(updates).toBe(5);
  });

  it('lets a body be larger than the window of its stream', () => {
    const peer = Peer.ready();
    peer.send(headers(1, requestTo('/later')));
    let window = 100_000;
    let sent = 0;
    while (sent < 1_000_000) {
      expect(window).toBeGreaterThanOrEqual(10_000);
      peer.send(data(1, Buffer.alloc(10_000), 0));
      window -= 10_000;
      sent += 10_000;
      for (const { type, stream, payload } of peer.take())
        if (type === WINDOW_UPDATE && stream === 1) window += payload.readUInt32BE(0);
    }
    peer.send(data(1, ''));
    expect(peer.requests[0]?.body).toHaveLength(1_000_000);
  });

  it('gives back no window for unconsumed bytes, and all of it when the stream is closed', () => {
    const peer = Peer.ready();
    peer.mayConsume = false;
    peer.send(headers(1, requestTo('/later')));
    for (let i = 0; i < 9; i++) peer.send(data(1, Buffer.alloc(10_000), 0));
    for (const id of [3, 5]) {
      peer.send(headers(id, requestTo('/later')));
      for (let i = 0; i < 9; i++) peer.send(data(id, Buffer.alloc(10_000), 0));
    }
    expect(peer.take()).toStrictEqual([]);
    peer.send(reset(1), reset(3), reset(5));
    const updates = peer.take().filter(({ type }) => type === WINDOW_UPDATE);
    expect(updates).toMatchObject([{ stream: 0 }]);
    expect(updates[0]?.payload.readUInt32BE(0)).toBe(270_000);
  });

  it('sends a reply with no window left for its connection when there is one', () => {
    const peer = Peer.ready(setting(4, 100_000));
    peer.send(headers(1, requestTo('/later'), END_STREAM));
    peer.answer(1, Buffer.alloc(65_535));
    peer.turn();
    peer.take();
    peer.send(headers(3), data(3, 'x'));
    expect(peer.take().map(({ type }) => type)).toStrictEqual([HEADERS]);
    peer.send(windowUpdate(0, 2));
    expect(peer.take().map(({ type }) => type)).toStrictEqual([DATA, HEADERS]);
  });
});

it('A peer that wants a smaller header table gets one size update', () => {
  const peer = Peer.ready(setting(1, 0));
  peer.send(headers(1), data(1, 'a'), headers(3), data(3, 'b'));
  const blocks = peer.take().filter(({ type }) => type === HEADERS);
  expect(blocks.map(({ payload }) => payload[0] === 0x20)).toStrictEqual([true, false, false, false]);
});
