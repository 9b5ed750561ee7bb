/**
 * Whatever comes on a connection of HTTP/2, it is answered by well-formed frames within the windows of the peer; where
 * the bytes were cut makes no difference; and at the end nothing is kept.
 */
import fc from 'fast-check';
import {
  CONTINUATION,
  DATA,
  type Frame,
  GOAWAY,
  HEADERS,
  Peer,
  PING,
  RST_STREAM,
  WINDOW_UPDATE,
} from '../../transport/http2/peer.ts';
import { framesIn, PREFACE } from '../../transport/raw-client.ts';
import { defineTarget, ensure, fromBase64, toBase64 } from '../target.ts';
import { anyConnection } from './http2-frames.ts';

/** Of a connection, before the peer opens it further, in bytes. [RFC 9113, section 6.9.2] */
const FIRST_WINDOW = 65_535;

/** So many octets come one by one. */
const MOST_OCTETS = 500;

interface Input {
  readonly bytes: string;
  /** Where the bytes are cut: each counts from the cut before. */
  readonly cuts: readonly number[];
}

export const http2 = () =>
  defineTarget({
    name: 'http2',
    input: fc.record({
      bytes: anyConnection().map(toBase64),
      cuts: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 600 })), {
        minLength: 1,
        maxLength: 40,
      }),
    }),
    check({ bytes: text, cuts }: Input & Record<string, string | readonly number[]>) {
      const bytes = fromBase64(text);
      const whole = replay([bytes], bytes);
      const inParts = replay(cut(bytes, cuts), bytes);
      const byOctet = replay(cut(bytes, new Array(Math.min(bytes.length, MOST_OCTETS)).fill(1)), bytes);
      ensure(inParts === whole, `the same in parts:\n${inParts}\nas in one piece:\n${whole}`);
      ensure(byOctet === whole, `the same octet by octet:\n${byOctet}\nas in one piece:\n${whole}`);
      ensure(toBase64(bytes) === text, 'bytes that are not changed by being read');
    },
  });

function* cut(bytes: Uint8Array, cuts: readonly number[]): Iterable<Uint8Array> {
  let at = 0;
  for (const size of cuts) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

/** @returns what happened, in words that do not depend on where the bytes were cut. */
function replay(chunks: Iterable<Uint8Array>, bytes: Uint8Array): string {
  const peer = new Peer();
  for (const chunk of chunks) if (chunk.length > 0) peer.send(chunk);
  const frames = peer.take();
  const sent = framesIn(Buffer.from(bytes).subarray(PREFACE.length));
  checkFrames(peer, frames, sent);
  const isEnded = peer.isEnded;
  peer.connection.closed();
  ensure(peer.held === 0, `nothing held at the end, not ${peer.held} bytes`);
  ensure(peer.connection.streams.size === 0, 'no stream at the end');
  ensure(
    [...peer.seen.values()].every(({ closed }) => closed !== undefined),
    'every stream is closed for its consumer',
  );
  const requests = peer.requests.map(({ head, body }) => `${head.method} ${head.path} ${toBase64(body)}`);
  return JSON.stringify([isEnded, peer.reasons, peer.streamReasons, requests, answers(frames)], undefined, 1);
}

function checkFrames(peer: Peer, frames: readonly Frame[], sent: readonly Frame[]): void {
  const ofType = (all: readonly Frame[], type: number) => all.filter((frame) => frame.type === type);
  const total = (all: readonly Frame[], size: (frame: Frame) => number) =>
    all.reduce((sum, frame) => sum + size(frame), 0);
  ensure(
    frames.every(({ payload, type }) => payload.length <= 16_384 && type <= CONTINUATION),
    'well-formed frames',
  );
  for (const frame of ofType(frames, HEADERS)) peer.fields(frame);
  ensure(ofType(frames, PING).length <= ofType(sent, PING).length, 'no PING that answers nothing');
  const opened = total(
    sent.filter(
      ({ type, stream, payload }) => type === WINDOW_UPDATE && stream === 0 && payload.length === 4,
    ),
    ({ payload }) => payload.readUInt32BE() & 0x7fffffff,
  );
  const used = total(ofType(frames, DATA), ({ payload }) => payload.length);
  ensure(used <= FIRST_WINDOW + opened, 'no more DATA than the window of the connection');
  const errors = ofType(frames, GOAWAY).filter(({ payload }) => payload.readUInt32BE(4) !== 0);
  ensure(
    errors.length === peer.reasons.length && errors.length <= 1,
    'one GOAWAY for one error of the connection',
  );
  ensure(errors.length === 0 || (peer.isEnded && frames.at(-1) === errors[0]), 'an error is the end');
  for (const { stream, type } of frames)
    ensure(
      ![DATA, HEADERS, RST_STREAM].includes(type) || stream % 2 === 1,
      'answers on streams of the client only',
    );
}

/** By stream: the answer, and how it ended. */
function answers(frames: readonly Frame[]): [number, string][] {
  const streams = new Map<number, string>();
  for (const { stream, type, flags, payload } of frames) {
    if (type === WINDOW_UPDATE) continue;
    const before = streams.get(stream) ?? '';
    // Where DATA is divided does not matter.
    const isMore = type === DATA && flags === 0;
    streams.set(
      stream,
      isMore ? before + payload.toString('hex') : `${before} ${type}/${flags}/${payload.toString('hex')}`,
    );
  }
  return [...streams].sort(([a], [b]) => a - b);
}
