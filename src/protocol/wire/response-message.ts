import { create, type Message } from '@bufbuild/protobuf';
import type { Reply } from '../schema/replies.ts';
import { methodOf } from './descriptors.ts';
import { fieldsOf } from './encode.ts';
import type { Rpc } from './rpc.ts';

/** The response message of a reply, in the version of the call, for transports that encode it themselves. */
export function toResponseMessage(rpc: Rpc, reply: Reply, request: object): Message {
  return create(methodOf(rpc).output, fieldsOf(rpc, reply, request) as never);
}
