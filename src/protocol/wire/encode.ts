/** Encodes each reply for each version, as the fields of its message and as bytes. */
import type { Reply } from '../schema/replies.ts';
import { hookNameIn, isHookIn, type Rpc } from './rpc.ts';
import { Writer } from './writer.ts';

/** The message type shared by all versions. */
interface WireMessage {
  readonly headers: Readonly<Record<string, string>>;
}

/** `ValuedResponse.ResponsedType`, the same in every version. */
const Type = { CONTINUE: 0, IGNORE: 1, STOP_AND_RETURN: 2 } as const;

const writer = new Writer();

/** Replies whose bytes are the same in every call and version. */
const constants = new Map<Reply['kind'], Uint8Array>();
const constant: ReadonlySet<Reply['kind']> = new Set(['observed', 'allow', 'deny', 'ignore', 'pass']);

/** Encodes a reply. `request` is the broker's own message: a rewritten one is sent back whole. */
export function encode(rpc: Rpc, reply: Reply, request: object): Uint8Array {
  const known = constants.get(reply.kind);
  if (known !== undefined) return known;
  const bytes = writer.write(rpc.write, fieldsOf(rpc, reply, request));
  if (constant.has(reply.kind)) constants.set(reply.kind, bytes);
  return bytes;
}

/** What a response holds, in the version of the call. */
export function fieldsOf(rpc: Rpc, reply: Reply, request: object): object {
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
        hooks: reply.hooks
          .filter(({ name }) => isHookIn(rpc.version, name))
          .map(({ name, topics }) => ({ name: hookNameIn(rpc.version, name), topics })),
      };
  }
}

/** STOP_AND_RETURN: the only type with the same meaning in every release of EMQX. */
function valued<Value>(value: Value): { type: typeof Type.STOP_AND_RETURN; value: Value } {
  return { type: Type.STOP_AND_RETURN, value };
}

function verdict(result: boolean) {
  return valued({ case: 'boolResult' as const, value: result });
}

function messageOf(request: object): WireMessage {
  return (request as { message: WireMessage }).message;
}

function definedOf(change: object): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
