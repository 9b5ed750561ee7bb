/**
 * Guards Connect's adapter with the rules of the lean path: a limit for size, number and time; malformed is
 * INVALID_ARGUMENT, compressed is UNIMPLEMENTED. Connect itself returns INTERNAL for bytes that do not decode, waits
 * forever for a missing body, and echoes header values.
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
  /** The RPC, if it is one of ExHook's. */
  readonly rpc: Rpc | undefined;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  readonly waiting: PendingBodies;
  /** Counts the bytes of the body. The caller of the guard releases them after the answer. */
  readonly load: Hold;
  /** Receives the reason why the request is invalid. The caller gets what it returns. */
  failed(failure: Failure): Error;
  /**
   * Called if there is no room for the request. The guard then passes an empty request on, and `onError` answers it.
   */
  shed(text: string): void;
}

/** There is no room; the text names the limit. */
class NoRoom extends Error {}

/** Returns the body as one chunk, once it is complete and valid. Throws what `failed` returns. */
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

/** Connect refuses these too, but its message echoes the value. */
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

/** About `MAX_TIMER_DELAY`, in gRPC's notation. */
const LONGEST_TIMEOUT = '596H';

/**
 * Returns the headers to pass to Connect. Removes what Connect would refuse before the guard runs (its message echoes
 * values and has no failure code), and what it would misread.
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

/** Whether each message has a prefix, as in gRPC and gRPC-Web. */
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
      throw new Failure('invalid_request', 'the request contains more than one message');
    if (size > maxMessageBytes + PREFIX_BYTES)
      throw new Failure('too_large', `the message is larger than limits.messageBytes (${maxMessageBytes})`);
    bytes = compact(bytes, size);
  }
  return bytes?.subarray(0, size) ?? NOTHING;
}

const NOTHING = new Uint8Array(0);

/** Yields the chunks while they arrive in time and the request keeps its place among those that wait. */
async function* inTime(body: AsyncIterable<Uint8Array>, room: PendingBodies): AsyncGenerator<Uint8Array> {
  let ended: Error | undefined;
  let interrupt: (reason: Error) => void = () => {};
  const end = (reason: Error): void => {
    ended = reason;
    interrupt(reason);
  };
  const place = room.enter({
    since: performance.now(),
    expire: () => end(new Failure('deadline', 'the request body did not arrive in time')),
    evict: () => end(new NoRoom('too many requests are waiting for their body')),
  });
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      if (ended !== undefined) throw ended;
      // Promise.race would retain part of every chunk for as long as the other promise is pending.
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
