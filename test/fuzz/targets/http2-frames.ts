/** Connections as bytes: frames of brokers and frames made here, mixed, reordered and damaged. */
import fc from 'fast-check';
import { encodeFields } from '../../../src/transport/http2/hpack/encoder.ts';
import { readBrokerConnections, recordedBrokers } from '../../support/broker-connections.ts';
import {
  ACK,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  GOAWAY,
  HEADERS,
  PADDED,
  PING,
  PRIORITY,
  RST_STREAM,
  requestTo,
  SETTINGS,
  setting,
  uint32,
  WINDOW_UPDATE,
  WITH_PRIORITY,
} from '../../transport/http2/peer.ts';
import { framesIn, http2Frame, PREFACE } from '../../transport/raw-client.ts';
import { mutatedBytes } from '../mutate.ts';

/** Each connection of each broker as its frames, behind the preface. */
function recordedFrames(): Buffer[][] {
  const whole = recordedBrokers.flatMap((broker) =>
    readBrokerConnections(broker).map((chunks) => Buffer.concat(chunks).subarray(PREFACE.length)),
  );
  return whole.map((bytes) =>
    framesIn(bytes).map(({ type, flags, stream, payload }) => http2Frame(type, flags, stream, payload)),
  );
}

/** Few, so frames share streams; sometimes one of the server's, or a high one. */
const stream = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1, 3, 5, 7, 9) },
  { weight: 1, arbitrary: fc.constantFrom(0, 2, 1001, 0x7fffffff) },
);
const flags = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0, END_STREAM, END_HEADERS, END_STREAM | END_HEADERS) },
  { weight: 1, arbitrary: fc.constantFrom(PADDED, WITH_PRIORITY | END_HEADERS, PADDED | END_HEADERS, 0xff) },
);
const increment = fc.constantFrom(0, 1, 100, 65_535, 0x7fffffff);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(0, 5_000, 16_384).map((size) => new Uint8Array(size)),
);
const block = fc
  .tuple(
    fc.constantFrom('/a', '/later', '', '*'),
    fc.subarray(
      [
        ['content-length', '5'],
        ['te', 'trailers'],
        ['connection', 'close'],
        ['X', 'y'],
        [':path', '/again'],
        ['x', 'y'.repeat(5_000)],
      ] as [string, string][],
      { maxLength: 2 },
    ),
  )
  .map(([path, more]) => encodeFields(requestTo(path, ...more)));
const trailers = fc.constant(encodeFields([['x-checksum', '1']]));
const settings = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom(0, 1, 100, 16_384, 65_535, 0x7fffffff, 0xffffffff),
    ),
    {
      maxLength: 3,
    },
  )
  .map((pairs) => Buffer.concat(pairs.map(([id, value]) => setting(id, value))));

const frameOf = (
  type: number,
  payload: fc.Arbitrary<Uint8Array>,
  itsFlags: fc.Arbitrary<number>,
  id = stream,
) => fc.tuple(payload, itsFlags, id).map(([bytes, flag, at]) => http2Frame(type, flag, at, bytes));

const none = fc.constant(0);
const connection = fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: stream });
const madeFrame = fc.oneof(
  { weight: 6, arbitrary: frameOf(HEADERS, block, fc.constantFrom(END_HEADERS, END_HEADERS | END_STREAM)) },
  { weight: 2, arbitrary: frameOf(HEADERS, fc.oneof(block, trailers), flags) },
  { weight: 5, arbitrary: frameOf(DATA, body, fc.constantFrom(0, END_STREAM)) },
  { weight: 1, arbitrary: frameOf(DATA, body, flags) },
  { weight: 1, arbitrary: frameOf(CONTINUATION, fc.oneof(block, body), flags) },
  {
    weight: 2,
    arbitrary: frameOf(
      WINDOW_UPDATE,
      increment.map((value) => uint32(value)),
      none,
      fc.oneof(none, stream),
    ),
  },
  { weight: 2, arbitrary: frameOf(RST_STREAM, fc.constant(uint32(8)), none) },
  { weight: 1, arbitrary: frameOf(SETTINGS, settings, fc.constantFrom(0, 0, 0, ACK), connection) },
  {
    weight: 1,
    arbitrary: frameOf(PING, fc.constant(Buffer.from('whenever')), fc.constantFrom(0, ACK), connection),
  },
  { weight: 1, arbitrary: frameOf(PRIORITY, fc.constantFrom(Buffer.alloc(5), Buffer.alloc(4)), none) },
  { weight: 1, arbitrary: frameOf(GOAWAY, fc.constant(uint32(0, 0)), none, connection) },
  { weight: 1, arbitrary: frameOf(0x42, body, flags) },
);

/** HEADERS and DATA of a request, which is whole when nothing comes between. */
const madeRequest = fc
  .tuple(fc.constantFrom(1, 3, 5, 7, 9, 11, 13), block, body)
  .map(([id, fields, bytes]) =>
    Buffer.concat([http2Frame(HEADERS, END_HEADERS, id, fields), http2Frame(DATA, END_STREAM, id, bytes)]),
  );

const OPENING = Buffer.concat([Buffer.from(PREFACE), http2Frame(SETTINGS, 0, 0, Buffer.alloc(0))]);

export function anyConnection(): fc.Arbitrary<Uint8Array> {
  const recorded = recordedFrames();
  const some = fc
    .constantFrom(...recorded)
    .chain((frames) =>
      fc.tuple(fc.nat(frames.length), fc.nat(30)).map(([from, count]) => frames.slice(from, from + count)),
    );
  const made = fc.array(fc.oneof(madeFrame, madeRequest), { maxLength: 24 });
  const behindOpening = fc
    .oneof(
      made,
      // In any order.
      some.chain((frames) => fc.shuffledSubarray(frames)),
      // Generated frames between those of brokers.
      fc.tuple(some, made).map(([a, b]) => a.flatMap((frame, at) => [frame, ...b.slice(at, at + 1)])),
    )
    .map((frames) => Buffer.concat([OPENING, ...frames]));
  const whole = recorded.map((frames) => Buffer.concat([Buffer.from(PREFACE), ...frames]));
  return fc.oneof(
    { weight: 3, arbitrary: behindOpening },
    { weight: 2, arbitrary: behindOpening.chain((bytes) => mutatedBytes([bytes])) },
    { weight: 1, arbitrary: mutatedBytes(whole) },
  );
}
