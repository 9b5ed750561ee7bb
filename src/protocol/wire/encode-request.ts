import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { methodOf } from './descriptors.ts';
import type { Rpc } from './rpc.ts';

/** Encodes a request with these fields like a broker; missing fields are empty. */
export function encodeRequest(rpc: Rpc, fields: object): Uint8Array {
  const schema = methodOf(rpc).input;
  return toBinary(schema, create(schema, fields as MessageInitShape<typeof schema>));
}
