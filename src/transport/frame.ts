/** Reads and writes gRPC's length-prefixed message: one flag byte, four bytes of length, the message. */
import { Failure } from '../protocol/failure.ts';

/** Thrown for a compressed message; this server does not decompress. The answer lists what it accepts. */
export class UnsupportedEncoding extends Failure {
  constructor() {
    super('unknown_method', 'compressed messages are not supported: send identity');
  }
}

/** Headers of the answer to a compressed message. [gRPC, compression.md] */
export const ACCEPT_ENCODING = { 'grpc-accept-encoding': 'identity' } as const;

/** Encodings that gRPC clients use. */
const encodings: ReadonlySet<string> = new Set([
  'identity',
  'gzip',
  'deflate',
  'snappy',
  'zstd',
  'br',
  'lz4',
]);

/** Whether each message has its own compression flag: a client that announces compression need not use it. */
export function isKnownEncoding(encoding: string): boolean {
  return encodings.has(encoding);
}

/** Length of the prefix, in bytes. */
export const PREFIX_BYTES = 5;

/**
 * Returns the message length in the five bytes from `at`.
 *
 * @throws UnsupportedEncoding if the message is compressed (UNIMPLEMENTED, as the gRPC specification
 *   requires for an unsupported encoding), or Failure `too_large` or `invalid_request`.
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
 * Returns the single message of a complete unary request body from `start` to `end`: a view, not a copy.
 *
 * @throws Failure
 */
export function readFrame(bytes: Uint8Array, maxBytes: number, start = 0, end = bytes.length): Uint8Array {
  const length = end - start < PREFIX_BYTES ? 0 : readPrefix(bytes, maxBytes, start);
  return takeMessage(bytes, end - start, length, start);
}

/**
 * Like {@link readMessage}, after the prefix has been read.
 *
 * @param size bytes of the body, which begins at `start`; there may be spare room behind it.
 * @param length of the message, from its prefix.
 * @throws Failure
 */
export function takeMessage(bytes: Uint8Array, size: number, length: number, start = 0): Uint8Array {
  if (size < PREFIX_BYTES) throw new Failure('invalid_request', 'the request ends before its message');
  const rest = size - PREFIX_BYTES;
  if (rest < length) throw new Failure('invalid_request', 'the request ends within its message');
  if (rest > length) throw new Failure('invalid_request', 'the request contains more than one message');
  return bytes.subarray(start + PREFIX_BYTES, start + size);
}

/** Encodes a message with its prefix, uncompressed: EMQX's client cannot read a compressed reply. */
export function writeFrame(message: Uint8Array): Buffer {
  const length = message.length;
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + length);
  frame[0] = 0;
  frame.writeUInt32BE(length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}
