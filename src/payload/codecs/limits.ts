/** What bounds the memory and time that one payload may take, whatever it says about itself. */
import { CodecError } from './error.ts';

export interface CodecLimits {
  /** Most bytes of a decoded or encoded payload. */
  readonly maxBytes: number;
  /** Deepest nesting: `[]` is 1 deep. */
  readonly maxDepth: number;
  /** Most items, array elements and map entries together. */
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
 * The bytes as a plain array, so that what is cut out of a Buffer is none.
 *
 * @throws CodecError `too_large`
 */
export function checkSize(bytes: Uint8Array, limits: CodecLimits): Uint8Array {
  if (bytes.length > limits.maxBytes) throw tooLarge(limits);
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
