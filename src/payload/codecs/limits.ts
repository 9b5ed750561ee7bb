/** Limits on memory and time for one payload, whatever sizes it announces. */
import { CodecError } from './error.ts';

export interface CodecLimits {
  /** Maximum size of a decoded or encoded payload, in bytes. */
  readonly maxBytes: number;
  /** Maximum nesting depth; `[]` has depth 1. */
  readonly maxDepth: number;
  /** Maximum number of items: array elements plus map entries. */
  readonly maxItems: number;
}

export const defaultLimits: CodecLimits = { maxBytes: 1024 * 1024, maxDepth: 64, maxItems: 100_000 };

export const tooLarge = ({ maxBytes }: CodecLimits) =>
  new CodecError('too_large', `is larger than ${maxBytes} bytes`);
export const tooDeep = ({ maxDepth }: CodecLimits) =>
  new CodecError('too_deep', `nests deeper than ${maxDepth} levels`);
export const tooManyItems = ({ maxItems }: CodecLimits) =>
  new CodecError('too_many_items', `has more than ${maxItems} items`);

/**
 * Returns the bytes as a plain Uint8Array, not a Buffer.
 *
 * @throws CodecError `too_large`
 */
export function checkSize(bytes: Uint8Array, limits: CodecLimits): Uint8Array {
  if (bytes.length > limits.maxBytes) throw tooLarge(limits);
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
