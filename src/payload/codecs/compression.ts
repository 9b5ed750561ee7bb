/** Compressed bytes: gzip (RFC 1952), zlib's "deflate" (RFC 1950), and raw deflate (RFC 1951). */
import * as zlib from 'node:zlib';
import type { ByteCodec } from './codec.ts';
import { CodecError, malformed } from './error.ts';
import { type CodecLimits, checkSize, tooLarge } from './limits.ts';

export type CompressionName = 'gzip' | 'deflate' | 'deflate-raw';

type Convert = (bytes: Uint8Array, options: zlib.ZlibOptions) => unknown;

const formats: Readonly<Record<CompressionName, readonly [decode: Convert, encode: Convert]>> = {
  gzip: [zlib.gunzipSync, zlib.gzipSync],
  deflate: [zlib.inflateSync, zlib.deflateSync],
  'deflate-raw': [zlib.inflateRawSync, zlib.deflateRawSync],
};

/** Several gzip members in a row are one payload (RFC 1952 section 2.2) and share one limit. */
export function openCompression(name: CompressionName, limits: CodecLimits): ByteCodec {
  const [decode, encode] = formats[name];
  const convert = (run: Convert, bytes: Uint8Array) => {
    try {
      return run(checkSize(bytes, limits), { maxOutputLength: limits.maxBytes, info: true });
    } catch (error) {
      if (error instanceof CodecError) throw error;
      const isTooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
      throw isTooLarge ? tooLarge(limits) : malformed(`is not ${name}, or not all of it`);
    }
  };
  return {
    kind: 'bytes',
    name,
    decode: (bytes) => read(convert(decode, bytes), bytes.length),
    encode: (bytes) => read(convert(encode, bytes), bytes.length),
  };
}

/** Result of zlib with the option `info`, which is missing in the types of Node.js. */
interface Result {
  readonly buffer: Uint8Array;
  /** `bytesWritten`: number of input bytes that zlib consumed. */
  readonly engine: { readonly bytesWritten: number };
}

function read(result: unknown, size: number): Uint8Array {
  const { buffer, engine } = result as Result;
  // zlib silently ignores data after the end of the compressed data.
  if (engine.bytesWritten !== size) throw malformed('has data after its end');
  return new Uint8Array(buffer);
}
