/** Bytes as text: base64, base64url and hex (RFC 4648). */
import type { ByteCodec } from './codec.ts';
import { malformed } from './error.ts';
import { type CodecLimits, checkSize } from './limits.ts';

export type TextEncodingName = 'base64' | 'base64url' | 'hex';

/**
 * Decoding rejects characters outside the alphabet, white space, and non-zero trailing bits (RFC 4648
 * sections 3.3 and 3.5). Padding is optional; hex may be uppercase.
 */
export function openText(name: TextEncodingName, limits: CodecLimits): ByteCodec {
  return {
    kind: 'bytes',
    name,
    decode: (bytes) => decode(name, checkSize(bytes, limits)),
    encode(bytes) {
      checkSize(bytes, limits);
      return checkSize(new Uint8Array(Buffer.from(asBuffer(bytes).toString(name), 'latin1')), limits);
    },
  };
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function decode(name: TextEncodingName, bytes: Uint8Array): Uint8Array {
  const text = asBuffer(bytes).toString('latin1');
  const decoded = Buffer.from(text, name);
  // The platform's decoder skips invalid characters: the result must encode to the input again.
  if (decoded.toString(name) !== canonical(name, text)) throw malformed(`is not ${name}`);
  return new Uint8Array(decoded);
}

function canonical(name: TextEncodingName, text: string): string {
  if (name === 'hex') return text.toLowerCase();
  const isPadded = text.length % 4 === 0;
  const bare = isPadded ? text.replace(/={1,2}$/, '') : text;
  return name === 'base64' ? bare.padEnd(Math.ceil(bare.length / 4) * 4, '=') : bare;
}
