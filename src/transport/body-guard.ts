/**
 * Stands in front of Connect's adapter and holds requests to the same rules as the lean path: bounded in size,
 * number and time, malformed is INVALID_ARGUMENT, compressed is UNIMPLEMENTED. Connect itself says INTERNAL for
 * bytes that do not decode, waits for ever for a body that does not come, and repeats the values of headers.
 */

import { mediaTypeName, withoutUtf8 } from '../lib/media-type.ts';
import { MAX_TIMER_DELAY } from '../lib/timer.ts';
import { Failure } from '../protocol/failure.ts';
import { decode } from '../protocol/wire/decode.ts';
import { decodeJson } from '../protocol/wire/decode-json.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { append, compact } from './body.ts';
import { createTimeoutParser } from './deadline.ts';
import {
  isKnownEncoding,
  PREFIX_BYTES,
  readFrame,
  readPrefix,
  UnsupportedEncoding,
  writeFrame,
} from './frame.ts';
import type { Hold } from './in-flight.ts';
import type { PendingBodies } from './pending-bodies.ts';

export interface GuardOptions {
  /** The RPC, when it is one of ExHook's. */
  readonly rpc: Rpc | undefined;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  readonly waiting: PendingBodies;
  /** Counts the bytes of the body. Who called lets go of them when the call is answered. */
  readonly load: Hold;
  /** Told why the request is not good. What it returns goes to the caller. */
  failed(failure: Failure): Error;
  /** There is no room for the request. The guard then lets an empty one through, for `onError` to answer. */
  shed(text: string): void;
}

/** There is no room: the text says for what. */
class NoRoom extends Error {}

/** The body as one chunk, once it is known to be good. Throws what `failed` returns. */
export async function* guardBody(
  body: AsyncIterable<Uint8Array>,
  headers: Headers,
  options: GuardOptions,
): AsyncGenerator<Uint8Array> {
  try {
    checkHeaders(headers);
    const bytes = await collect(body, isEnveloped(headers), options);
    if (options.rpc !== undefined) check(bytes, headers, options.rpc, options.maxMessageBytes);
    yield bytes;
  } catch (error) {
    if (error instanceof Failure) throw options.failed(error);
    if (!(error instanceof NoRoom)) throw error;
    if (options.rpc === undefined) throw options.failed(new Failure('overloaded', error.message));
    options.shed(error.message);
    yield emptyMessage(headers);
  }
}

const parseTimeout = createTimeoutParser();

/** Connect refuses these too, but with words that repeat their values. */
function checkHeaders(headers: Headers): void {
  const isGrpc = isEnveloped(headers);
  const encoding = headers.get(isGrpc ? 'grpc-encoding' : 'content-encoding') ?? 'identity';
  const isServed = isGrpc ? isKnownEncoding(encoding) : encoding === 'identity';
  if (!isServed) throw new UnsupportedEncoding();
  if (isGrpc) parseTimeout(headers.get('grpc-timeout') ?? undefined);
  else if (!/^\d{1,10}$/.test(headers.get('connect-timeout-ms') ?? '0'))
    throw new Failure(
      'invalid_request',
      'the header connect-timeout-ms is not a whole number of up to 10 digits',
    );
}

/** About `MAX_TIMER_DELAY`, as gRPC writes it. */
const LONGEST_TIMEOUT = '596H';

/**
 * The headers for Connect: without what it would refuse before the guard is asked, with words that repeat values
 * and without a failure code; and without what it would misread.
 */
export function headersBehindGuard(headers: Headers): Headers {
  const behind = new Headers(headers);
  if (!isEnveloped(headers)) {
    const timeout = Number(headers.get('connect-timeout-ms') ?? 0);
    if (Number.isNaN(timeout)) behind.delete('connect-timeout-ms');
    else if (timeout > MAX_TIMER_DELAY) behind.set('connect-timeout-ms', String(MAX_TIMER_DELAY));
    behind.delete('content-encoding');
    const type = headers.get('content-type');
    if (type !== null) behind.set('content-type', withoutUtf8(type));
    return behind;
  }
  behind.delete('grpc-encoding');
  behind.set('content-type', mediaTypeName(headers.get('content-type') ?? ''));
  const timeout = headers.get('grpc-timeout');
  if (timeout === null) return behind;
  try {
    if (parseTimeout(timeout) > MAX_TIMER_DELAY) behind.set('grpc-timeout', LONGEST_TIMEOUT);
  } catch {
    behind.delete('grpc-timeout');
  }
  return behind;
}

function check(bytes: Uint8Array, headers: Headers, rpc: Rpc, maxMessageBytes: number): void {
  const message = isEnveloped(headers) ? readFrame(bytes, maxMessageBytes) : bytes;
  if (isJson(headers)) decodeJson(rpc, message);
  else decode(rpc, message);
}

/** Whether each message has a prefix: gRPC and gRPC-Web. */
export function isEnveloped(headers: Headers): boolean {
  return mediaTypeName(headers.get('content-type') ?? '').startsWith('application/grpc');
}

function isJson(headers: Headers): boolean {
  return mediaTypeName(headers.get('content-type') ?? '').endsWith('json');
}

function emptyMessage(headers: Headers): Uint8Array {
  const message = Buffer.from(isJson(headers) ? '{}' : '');
  return isEnveloped(headers) ? writeFrame(message) : message;
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  enveloped: boolean,
  { maxMessageBytes, waiting, load }: GuardOptions,
): Promise<Uint8Array> {
  let bytes: Buffer | undefined;
  let size = 0;
  for await (const chunk of inTime(body, waiting)) {
    if (!load.mayHold(chunk.length)) throw new NoRoom('too many bytes are held: limits.queuedBytes');
    load.hold(chunk.length);
    bytes = append(bytes, size, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    size += chunk.length;
    const end =
      enveloped && size >= PREFIX_BYTES ? PREFIX_BYTES + readPrefix(bytes, maxMessageBytes) : undefined;
    if (end !== undefined && size > end)
      throw new Failure('invalid_request', 'the request holds more than one message');
    if (size > maxMessageBytes + PREFIX_BYTES)
      throw new Failure('too_large', `the message is larger than limits.messageBytes (${maxMessageBytes})`);
    bytes = compact(bytes, size);
  }
  return bytes?.subarray(0, size) ?? NOTHING;
}

const NOTHING = new Uint8Array(0);

/** The chunks, as long as they come in time and the request has its place among those that wait. */
async function* inTime(body: AsyncIterable<Uint8Array>, room: PendingBodies): AsyncGenerator<Uint8Array> {
  let ended: Error | undefined;
  let interrupt: (reason: Error) => void = () => {};
  const end = (reason: Error): void => {
    ended = reason;
    interrupt(reason);
  };
  const place = room.enter({
    since: performance.now(),
    expire: () => end(new Failure('deadline', 'the request body did not come in time')),
    evict: () => end(new NoRoom('too many requests wait for their body')),
  });
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      if (ended !== undefined) throw ended;
      // Not Promise.race: a promise that lasts would keep something of every chunk.
      const { done, value } = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        interrupt = reject;
        chunks.next().then(resolve, reject);
      });
      if (done) return;
      yield value;
    }
  } finally {
    place.remove();
  }
}
