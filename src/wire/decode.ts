import { fromBinary, fromJsonString, type Message } from '@bufbuild/protobuf';
import { Failure } from '../failure.ts';
import type { Rpc } from './rpc.ts';

const options = { readUnknownFields: false };

/**
 * Reads a request in its own version.
 *
 * @throws Failure `invalid_request`; the text holds no byte of the request.
 */
export function decode(rpc: Rpc, bytes: Uint8Array): Message {
  try {
    return fromBinary(rpc.method.input, bytes, options);
  } catch (cause) {
    throw new Failure('invalid_request', `not a ${rpc.method.input.typeName}: ${reasonOf(cause)}`);
  }
}

/** The decoder of text throws a TypeError, that of protobuf everything else. */
function reasonOf(cause: unknown): string {
  return cause instanceof TypeError
    ? 'a string is not valid UTF-8'
    : 'the bytes are not valid protobuf (wrong version, truncated or damaged?)';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a request from its protobuf JSON mapping, as Connect clients send it.
 *
 * @throws Failure `invalid_request`
 */
export function decodeJson(rpc: Rpc, bytes: Uint8Array): Message {
  try {
    return fromJsonString(rpc.method.input, utf8.decode(bytes), { ignoreUnknownFields: true });
  } catch {
    throw new Failure('invalid_request', `not a ${rpc.method.input.typeName} in JSON`);
  }
}
