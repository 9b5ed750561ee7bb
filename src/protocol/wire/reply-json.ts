import { fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { methodOf } from './descriptors.ts';
import type { Rpc } from './rpc.ts';

/**
 * A reply in the JSON mapping of protobuf.
 *
 * @throws if the bytes are not a response to the call.
 */
export function replyJson(rpc: Rpc, bytes: Uint8Array): JsonValue {
  const { output } = methodOf(rpc);
  return toJson(output, fromBinary(output, bytes));
}
