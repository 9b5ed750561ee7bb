import { Failure } from '../failure.ts';
import { Reader } from './reader.ts';
import type { Rpc } from './rpc.ts';

const reader = new Reader();

/**
 * Decodes a request in its own version.
 *
 * @throws Failure `invalid_request`; the text never contains bytes of the request.
 */
export function decode(rpc: Rpc, bytes: Uint8Array): object {
  try {
    return reader.read(bytes, rpc.read);
  } catch (cause) {
    throw new Failure('invalid_request', `not a ${rpc.request}: ${reasonOf(cause)}`);
  }
}

/** The decoder of text throws a TypeError, ours of bytes a RangeError. */
function reasonOf(cause: unknown): string {
  return cause instanceof TypeError
    ? 'a string is not valid UTF-8'
    : 'the bytes are not valid protobuf (wrong version, truncated or damaged?)';
}
