/**
 * Stands in front of Connect's adapter and holds request bodies to the same rules as the lean path: bounded in
 * size and time, malformed is INVALID_ARGUMENT, compressed is UNIMPLEMENTED. Connect itself says INTERNAL for
 * bytes that do not decode, and waits for ever for a body that does not come.
 */
import { Failure } from '../failure.ts';
import { decode, decodeJson } from '../wire/decode.ts';
import type { Rpc } from '../wire/rpc.ts';
import { PREFIX_BYTES, readFrame, readPrefix } from './frame.ts';
import { toConnectError } from './status.ts';

export interface GuardOptions {
  /** The RPC, when it is one of ExHook's. */
  readonly rpc: Rpc | undefined;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  /** Milliseconds in which the body must have come. */
  readonly timeout: number;
}

/** The body as one chunk, once it is known to be good. Throws ConnectError, which Connect turns into an answer. */
export async function* guardBody(
  body: AsyncIterable<Uint8Array>,
  headers: Headers,
  options: GuardOptions,
): AsyncGenerator<Uint8Array> {
  try {
    const bytes = await collect(body, isEnveloped(headers), options);
    if (options.rpc !== undefined) check(bytes, headers, options.rpc, options.maxMessageBytes);
    yield bytes;
  } catch (error) {
    throw error instanceof Failure ? toConnectError(error) : error;
  }
}

function check(bytes: Uint8Array, headers: Headers, rpc: Rpc, maxMessageBytes: number): void {
  // Connect refuses every encoding by itself.
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return;
  const message = isEnveloped(headers) ? readFrame(bytes, maxMessageBytes) : bytes;
  if (headers.get('content-type')?.includes('json')) decodeJson(rpc, message);
  else decode(rpc, message);
}

function isEnveloped(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('application/grpc') ?? false;
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  enveloped: boolean,
  { maxMessageBytes, timeout }: GuardOptions,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of inTime(body, timeout)) {
    chunks.push(chunk);
    size += chunk.length;
    if (enveloped && size >= PREFIX_BYTES)
      readPrefix(Buffer.concat(chunks.slice(0, PREFIX_BYTES)), maxMessageBytes);
    if (size > maxMessageBytes + PREFIX_BYTES) {
      throw new Failure('too_large', `the message is larger than limits.messageBytes (${maxMessageBytes})`);
    }
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

async function* inTime(body: AsyncIterable<Uint8Array>, timeout: number): AsyncGenerator<Uint8Array> {
  let expire: (failure: Failure) => void = () => {};
  const expired = new Promise<never>((_, reject) => {
    expire = reject;
  });
  expired.catch(() => {});
  const late = new Failure('deadline', 'the request body did not come in time');
  const timer = setTimeout(() => expire(late), timeout).unref();
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await Promise.race([chunks.next(), expired]);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
  }
}
