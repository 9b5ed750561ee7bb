/** The length-prefixed message of gRPC: one flag byte, four bytes of length, the message. */
import { Failure } from '../protocol/failure.ts';

/** The message is compressed, and nothing is decompressed here. The answer says what is understood. */
export class UnsupportedEncoding extends Failure {
  constructor() {
    super('unknown_method', 'compressed messages are not supported: send identity');
  }
}

/** What an answer to a compressed message carries. [gRPC, compression.md] */
export const ACCEPT_ENCODING = { 'grpc-accept-encoding': 'identity' } as const;

/** What clients of gRPC compress with. */
const encodings: ReadonlySet<string> = new Set([
  'identity',
  'gzip',
  'deflate',
  'snappy',
  'zstd',
  'br',
  'lz4',
]);

/** Whether each message says by its flag if it is compressed: a client that may compress need not. */
export function isKnownEncoding(encoding: string): boolean {
  return encodings.has(encoding);
}

/** Bytes in front of each message. */
export const PREFIX_BYTES = 5;

/**
 * The length that the five bytes from `at` announce.
 *
 * @throws UnsupportedEncoding when the message is compressed (UNIMPLEMENTED, as the gRPC specification
 *   asks for an unsupported encoding), or Failure `too_large` or `invalid_request`.
 */
export function readPrefix(body: Uint8Array, maxBytes: number, at = 0): number {
  const flags = body[at] ?? 0;
  if (flags === 1) throw new UnsupportedEncoding();
  if (flags !== 0) throw new Failure('invalid_request', 'the first byte of a gRPC message must be 0');
  const length =
    (body[at + 1] ?? 0) * 0x1000000 +
    ((body[at + 2] ?? 0) << 16) +
    ((body[at + 3] ?? 0) << 8) +
    (body[at + 4] ?? 0);
  if (length > maxBytes) {
    throw new Failure('too_large', `the message is larger than limits.messageBytes (${maxBytes})`);
  }
  return length;
}

/**
 * The one message of a complete unary request body, which stands from `start` to `end`: a view, not a copy.
 *
 * @throws Failure
 */
export function readFrame(bytes: Uint8Array, maxBytes: number, start = 0, end = bytes.length): Uint8Array {
  const length = end - start < PREFIX_BYTES ? 0 : readPrefix(bytes, maxBytes, start);
  return takeMessage(bytes, end - start, length, start);
}

/**
 * The same where the prefix was read already.
 *
 * @param size bytes of the body, which begins at `start`; there may be room behind them.
 * @param length of the message, as its prefix announces.
 * @throws Failure
 */
export function takeMessage(bytes: Uint8Array, size: number, length: number, start = 0): Uint8Array {
  if (size < PREFIX_BYTES) throw new Failure('invalid_request', 'the request ends before its message');
  const rest = size - PREFIX_BYTES;
  if (rest < length) throw new Failure('invalid_request', 'the request ends within its message');
  if (rest > length) throw new Failure('invalid_request', 'the request holds more than one message');
  return bytes.subarray(start + PREFIX_BYTES, start + size);
}

/** A message with its prefix, uncompressed: EMQX's client cannot read a compressed reply. */
export function writeFrame(message: Uint8Array): Buffer {
  const length = message.length;
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + length);
  frame[0] = 0;
  frame.writeUInt32BE(length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}
