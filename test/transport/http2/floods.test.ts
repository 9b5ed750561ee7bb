/** Attacks on a connection: each is ended by its limit, counted by its reason, and limited in the memory it takes. */
import { describe, expect, it } from 'vitest';
import { ErrorCode, type Reason } from '../../../src/transport/http2/error-code.ts';
import { encodeFields } from '../../../src/transport/http2/hpack/encoder.ts';
import {
  CONTINUATION,
  data,
  END_HEADERS,
  END_STREAM,
  HEADERS,
  headers,
  http2Frame,
  Peer,
  PING,
  PREFACE,
  PRIORITY,
  RST_STREAM,
  request,
  requestTo,
  reset,
  SETTINGS,
  setting,
  TIMEOUT,
  uint32,
  WINDOW_UPDATE,
  windowUpdate,
} from './peer.ts';

const later = requestTo('/later');
const NOTHING = Buffer.alloc(0);

/** Sends these until the connection ends. @returns how many times. */
function flood(peer: Peer, most: number, frames: (i: number) => readonly Uint8Array[]): number {
  for (let i = 0; i < most; i++) {
    if (peer.isEnded) return i;
    peer.send(...frames(i));
  }
  return most;
}

const id = (i: number): number => 2 * i + 1;

interface Flood {
  readonly reason: Reason;
  /** Far above what clients do, and far below what hurts. */
  readonly from: number;
  readonly to: number;
  readonly frames: (i: number) => readonly Uint8Array[];
}

const floods: Readonly<Record<string, Flood>> = {
  'rapid reset (CVE-2023-44487)': {
    reason: 'reset_flood',
    from: 900,
    to: 1_100,
    frames: (i) => [headers(id(i), later), reset(id(i))],
  },
  'requests that make us reset (CVE-2025-8671): WINDOW_UPDATE by nothing': {
    reason: 'stream_error_flood',
    from: 150,
    to: 250,
    frames: (i) => [headers(id(i), later, END_STREAM), windowUpdate(id(i), 0)],
  },
  'requests that make us reset: malformed ones': {
    reason: 'stream_error_flood',
    from: 150,
    to: 250,
    frames: (i) => [headers(id(i), [...request, ['connection', 'close']], END_STREAM)],
  },
  'requests that make us reset: DATA after the end': {
    reason: 'stream_error_flood',
    from: 150,
    to: 250,
    frames: (i) => [headers(id(i), later, END_STREAM), data(id(i), 'more')],
  },
  'SETTINGS (CVE-2019-9515)': {
    reason: 'settings_flood',
    from: 50,
    to: 200,
    frames: () => [http2Frame(SETTINGS, 0, 0, setting(3, 1))],
  },
  'PING (CVE-2019-9512)': {
    reason: 'ping_flood',
    from: 900,
    to: 1_100,
    frames: () => [http2Frame(PING, 0, 0, Buffer.alloc(8))],
  },
  'PRIORITY (CVE-2019-9513)': {
    reason: 'priority_flood',
    from: 900,
    to: 1_100,
    frames: (i) => [http2Frame(PRIORITY, 0, id(i), Buffer.alloc(5))],
  },
  'WINDOW_UPDATE (CVE-2019-9511, 9517)': {
    reason: 'window_update_flood',
    from: 9_000,
    to: 11_000,
    frames: () => [windowUpdate(0, 1)],
  },
  'empty DATA (CVE-2019-9518)': {
    reason: 'empty_data_flood',
    from: 50,
    to: 200,
    frames: (i) => [...(i === 0 ? [headers(1, later)] : []), data(1, NOTHING, 0)],
  },
  'empty CONTINUATION (CVE-2024-27316)': {
    reason: 'continuation_flood',
    from: 5,
    to: 20,
    frames: (i) => [i === 0 ? http2Frame(HEADERS, 0, 1, NOTHING) : http2Frame(CONTINUATION, 0, 1, NOTHING)],
  },
  'CONTINUATION with more and more fields (CVE-2024-27316)': {
    reason: 'continuation_flood',
    from: 2,
    to: 6,
    frames: (i) => [
      http2Frame(i === 0 ? HEADERS : CONTINUATION, 0, 1, encodeFields([['x', 'y'.repeat(1_200)]])),
    ],
  },
};

describe('a flood of', () => {
  it.each(Object.entries(floods))('%s ends the connection', (_what, { reason, from, to, frames }) => {
    const peer = Peer.ready();
    const sent = flood(peer, to, frames);
    expect(peer.reasons).toStrictEqual([reason]);
    expect(sent).toBeGreaterThan(from);
    expect(peer.goAway()).toMatchObject({ code: ErrorCode.ENHANCE_YOUR_CALM });
    expect([peer.held, peer.connection.streams.size]).toStrictEqual([0, 0]);
  });

  it.each(Object.entries(floods).filter(([what]) => !what.includes('CONTINUATION')))(
    '%s at the pace of an honest client does not',
    (_what, { frames }) => {
      const peer = Peer.ready();
      for (let i = 0; i < 3_000; i++) {
        peer.send(...frames(i));
        peer.now += 1_000;
      }
      expect(peer.reasons).toStrictEqual([]);
    },
  );
});

describe('frames that grow with the traffic are not a flood', () => {
  it.each([
    ['two PING frames', [http2Frame(PING, 0, 0, Buffer.alloc(8)), http2Frame(PING, 0, 0, Buffer.alloc(8))]],
    ['two WINDOW_UPDATE frames', [windowUpdate(0, 2), windowUpdate(0, 2)]],
    ['PRIORITY', [http2Frame(PRIORITY, 0, 1, Buffer.alloc(5))]],
  ])('%s for each request', (_what, frames) => {
    const peer = Peer.ready();
    for (let i = 0; i < 12_000; i++) {
      peer.send(headers(id(i)), data(id(i), 'a'), ...frames);
      peer.take();
    }
    expect(peer.reasons).toStrictEqual([]);
  });
});

describe('a peer that is slow', () => {
  const half = headers(1).subarray(0, 12);
  const beginning = Buffer.concat([Buffer.from(PREFACE), http2Frame(SETTINGS, 0, 0, NOTHING)]);

  it.each([
    ['says nothing', []],
    ['sends half of the preface', [Buffer.from(PREFACE.slice(0, 9))]],
    ['sends no SETTINGS', [Buffer.from(PREFACE)]],
    ['sends half of a frame', [beginning, half]],
    ['sends a header block without its end', [beginning, http2Frame(HEADERS, 0, 1, NOTHING)]],
  ])('and %s is ended when its time is over', (_what, chunks) => {
    const peer = new Peer();
    for (const chunk of chunks) peer.send(chunk);
    peer.now += TIMEOUT;
    peer.connection.checkTime();
    expect(peer.isEnded).toBe(false);
    peer.now += 1;
    peer.connection.checkTime();
    expect(peer.reasons).toStrictEqual(['slow_frame']);
    expect(peer.isEnded).toBe(true);
    expect(peer.held).toBe(0);
  });

  it('and sends a header block byte by byte does not get more time by that', () => {
    const peer = Peer.ready();
    peer.send(http2Frame(HEADERS, 0, 1, NOTHING));
    for (let i = 0; i < 6 && !peer.isEnded; i++) {
      peer.now += 1_000;
      peer.send(http2Frame(CONTINUATION, 0, 1, NOTHING));
      peer.connection.checkTime();
    }
    expect(peer.reasons).toStrictEqual(['slow_frame']);
  });

  it('but idle between its frames may stay so forever', () => {
    const peer = Peer.ready();
    peer.send(headers(1), data(1, 'a'));
    peer.now += 1_000 * TIMEOUT;
    peer.connection.checkTime();
    expect(peer.isEnded).toBe(false);
  });
});

describe('a peer that does not read its socket', () => {
  it('is not listened to once 256 KiB wait, and ended when its time is over', () => {
    const peer = Peer.ready();
    peer.isReading = false;
    let sent = 0;
    for (; !peer.isPaused && sent < 10_000; sent++)
      peer.send(headers(id(sent)), data(id(sent), 'a'.repeat(1_000)), windowUpdate(0, 2_000));
    expect(sent).toBeLessThan(400);
    expect(peer.held).toBeGreaterThan(256 * 1024);
    expect(peer.held).toBeLessThan(256 * 1024 + 2_000);
    peer.now += TIMEOUT + 1;
    peer.connection.checkTime();
    expect(peer.reasons).toStrictEqual(['slow_reader']);
    peer.connection.closed();
    expect(peer.held).toBe(0);
  });

  it('is listened to again when it has read', () => {
    const peer = Peer.ready();
    peer.isReading = false;
    for (let i = 0; !peer.isPaused; i++)
      peer.send(headers(id(i)), data(id(i), 'a'.repeat(1_000)), windowUpdate(0, 2_000));
    peer.read();
    expect(peer.isPaused).toBe(false);
    expect(peer.held).toBe(0);
    peer.now += TIMEOUT + 1;
    peer.connection.checkTime();
    expect(peer.reasons).toStrictEqual([]);
  });

  it('gets a large reply in parts that it has read', () => {
    const peer = Peer.ready(setting(4, 2 ** 30));
    peer.send(windowUpdate(0, 2 ** 30), headers(1, later, END_STREAM));
    peer.isReading = false;
    peer.answer(1, Buffer.alloc(2_000_000));
    peer.turn();
    const size = () => peer.take().reduce((sum, { payload }) => sum + payload.length, 0);
    expect(size()).toBeLessThan(300_000);
    // The bytes themselves, and the frames that wait.
    expect(peer.held).toBeLessThan(2_300_000);
    for (let i = 0; i < 20; i++) peer.read();
    expect(peer.connection.streams.size).toBe(0);
    expect(peer.held).toBe(0);
  });
});

describe('memory', () => {
  it('of incomplete frames grows with what has arrived, and is counted', () => {
    const peer = Peer.ready();
    const frame = http2Frame(0, 0, 1, Buffer.alloc(16_384));
    peer.send(headers(1, later));
    peer.send(frame.subarray(0, 9));
    expect(peer.held).toBe(0);
    for (let at = 9; at < 16_000; at += 100) peer.send(frame.subarray(at, Math.min(16_000, at + 100)));
    expect(peer.held).toBeGreaterThan(15_000);
    expect(peer.held).toBeLessThan(33_000);
    peer.connection.closed();
    expect(peer.held).toBe(0);
  });

  it('of a header block that has only begun is counted', () => {
    const peer = Peer.ready();
    peer.send(http2Frame(HEADERS, 0, 1, encodeFields([['x', 'y'.repeat(1_000)]])));
    expect(peer.held).toBeGreaterThan(500);
    peer.connection.closed();
    expect(peer.held).toBe(0);
  });

  it('of streams that the peer has reset is let go', () => {
    const peer = Peer.ready();
    for (let i = 0; i < 500; i++) peer.send(headers(id(i), later), data(id(i), 'a', 0), reset(id(i)));
    expect([peer.held, peer.connection.streams.size]).toStrictEqual([0, 0]);
    // Forgotten ones are not taken for an error.
    peer.send(data(1, 'late', 0));
    expect(peer.reasons).toStrictEqual([]);
  });
});

it('A header bomb (a table entry that is repeated) is refused by its size, and the connection lives', () => {
  const peer = Peer.ready();
  const big = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, 0x81, 0x17]), Buffer.alloc(3_072, 'y')]);
  const bomb = Buffer.concat([encodeFields(request), big, Buffer.alloc(12_000, 0xbe)]);
  peer.send(http2Frame(HEADERS, END_HEADERS | END_STREAM, 1, bomb));
  expect(peer.streamReasons).toStrictEqual(['header_list_too_large']);
  peer.send(headers(3), data(3, 'a'));
  expect(peer.requests).toHaveLength(1);
});

it('DATA of a stream that is reset still counts for the connection, and its window comes back', () => {
  const peer = Peer.ready();
  peer.send(headers(1, later), windowUpdate(1, 0));
  for (let i = 0; i < 100; i++) peer.send(data(1, Buffer.alloc(10_000), 0));
  expect(peer.reasons).toStrictEqual([]);
  const updates = peer.take().filter(({ type, stream }) => type === WINDOW_UPDATE && stream === 0);
  expect(updates).toHaveLength(5);
});

it('A stream that is abandoned by us is reset with the code we give', () => {
  const peer = Peer.ready();
  peer.send(headers(1, later, END_STREAM));
  peer.seen.get(1)?.stream.reset(ErrorCode.ENHANCE_YOUR_CALM);
  peer.turn();
  expect(peer.take()).toMatchObject([{ type: RST_STREAM, payload: uint32(ErrorCode.ENHANCE_YOUR_CALM) }]);
  expect(peer.streamReasons).toStrictEqual([]);
});
