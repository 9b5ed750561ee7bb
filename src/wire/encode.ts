/** What each reply means to each version, as a message and as bytes. */
import { create, type Message, toBinary } from '@bufbuild/protobuf';
import {
  EmptySuccessSchema,
  ValuedResponse_ResponsedType as Type,
  ValuedResponseSchema,
} from '../../gen/emqx/exhook/v3/exhook_pb.ts';
import type { Reply } from '../schema/replies.ts';
import { hookNameIn, type Rpc } from './rpc.ts';

/** A message as all versions have it. */
interface WireMessage extends Message {
  readonly headers: Readonly<Record<string, string>>;
}

/** Replies whose bytes are always, and in every version, the same. */
const constants: { readonly [Kind in Reply['kind']]?: Uint8Array } = {
  observed: toBinary(EmptySuccessSchema, create(EmptySuccessSchema)),
  allow: toBinary(ValuedResponseSchema, create(ValuedResponseSchema, verdict(true))),
  deny: toBinary(ValuedResponseSchema, create(ValuedResponseSchema, verdict(false))),
  ignore: toBinary(ValuedResponseSchema, create(ValuedResponseSchema, { type: Type.IGNORE })),
  pass: toBinary(ValuedResponseSchema, create(ValuedResponseSchema, { type: Type.IGNORE })),
};

/** The bytes of a reply. `request` is the broker's own message: a rewritten one goes back whole. */
export function encode(rpc: Rpc, reply: Reply, request: Message): Uint8Array {
  return constants[reply.kind] ?? toBinary(rpc.method.output, lower(rpc, reply, request));
}

/** The response message of a reply, in the version of the call. */
export function lower(rpc: Rpc, reply: Reply, request: Message): Message {
  return create(rpc.method.output, fieldsOf(rpc, reply, request) as never);
}

function fieldsOf(rpc: Rpc, reply: Reply, request: Message): object {
  switch (reply.kind) {
    case 'observed':
      return {};
    case 'allow':
      return verdict(true);
    case 'deny':
      return verdict(false);
    case 'ignore':
    case 'pass':
      return { type: Type.IGNORE };
    case 'rewrite': {
      const { kind: _, ...change } = reply;
      return valued({ case: 'message', value: { ...messageOf(request), ...definedOf(change) } });
    }
    case 'drop': {
      const message = messageOf(request);
      return valued({
        case: 'message',
        value: { ...message, headers: { ...message.headers, allow_publish: 'false' } },
      });
    }
    case 'loaded':
      return {
        hooks: reply.hooks.map(({ name, topics }) => ({ name: hookNameIn(rpc.version, name), topics })),
      };
  }
}

/** STOP_AND_RETURN: the one type that means the same to every release of EMQX. */
function valued<Value>(value: Value): { type: typeof Type.STOP_AND_RETURN; value: Value } {
  return { type: Type.STOP_AND_RETURN, value };
}

function verdict(result: boolean) {
  return valued({ case: 'boolResult' as const, value: result });
}

function messageOf(request: Message): WireMessage {
  return (request as Message & { message: WireMessage }).message;
}

function definedOf(change: object): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
