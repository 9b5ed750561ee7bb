import { fromJsonString, type Message } from '@bufbuild/protobuf';
import { Failure } from '../failure.ts';
import { methodOf } from './descriptors.ts';
import type { Rpc } from './rpc.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes a request from its protobuf JSON mapping, as sent by Connect clients.
 *
 * @throws Failure `invalid_request`
 */
export function decodeJson(rpc: Rpc, bytes: Uint8Array): Message {
  const { input } = methodOf(rpc);
  try {
    return fromJsonString(input, utf8.decode(bytes), { ignoreUnknownFields: true });
  } catch {
    throw new Failure('invalid_request', `not a ${input.typeName} in JSON`);
  }
}
