import { fromBinary } from '@bufbuild/protobuf';
import { ValuedResponse_ResponsedType as Type } from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
import { isSentMessageHook } from '../schema/hook-name.ts';
import { methodOf } from './descriptors.ts';
import type { Rpc } from './rpc.ts';

/** The fields of a response that differ from an empty one, in any version. */
interface AnyResponse {
  readonly hooks?: readonly { readonly name: string }[];
  readonly type?: number;
  readonly value?: { readonly case?: string; readonly value?: unknown };
}

interface AnyMessage {
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Summarizes a reply: "allow", "unchanged", "17 hooks".
 *
 * @throws if the bytes are not a response to the call.
 */
export function describeReply(rpc: Rpc, bytes: Uint8Array): string {
  const response = fromBinary(methodOf(rpc).output, bytes) as unknown as AnyResponse;
  if (response.hooks !== undefined) return countOf(response.hooks.length, 'hook');
  if (response.type === undefined) return 'ok';
  const value = response.value?.value;
  switch (response.value?.case) {
    case 'boolResult':
      return value === true ? 'allow' : 'deny';
    case 'message':
      return describeMessage(value as AnyMessage);
    default:
      if (response.type !== Type.IGNORE) return 'no value';
      return isSentMessageHook(rpc.hook) ? 'unchanged' : 'ignore';
  }
}

function describeMessage({ topic, qos, payload, headers }: AnyMessage): string {
  if (headers.allow_publish === 'false') return 'drop';
  return `rewrite (topic ${JSON.stringify(topic)}, QoS ${qos}, ${countOf(payload.length, 'byte')})`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
