import { ValuedResponse_ResponsedType as Type } from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
import { isSentMessageHook } from '../schema/hook-name.ts';
import { type DecodedMessage, decodeResponse } from './decode-response.ts';
import type { Rpc } from './rpc.ts';

/**
 * Summarizes a reply: "allow", "unchanged", "17 hooks".
 *
 * @throws if the bytes are not a response to the call.
 */
export function describeReply(rpc: Rpc, bytes: Uint8Array): string {
  const response = decodeResponse(rpc, bytes);
  if (response.hooks !== undefined) return countOf(response.hooks.length, 'hook');
  if (response.type === undefined) return 'ok';
  switch (response.value?.case) {
    case 'boolResult':
      return response.value.value ? 'allow' : 'deny';
    case 'message':
      return describeMessage(response.value.value);
    default:
      if (response.type !== Type.IGNORE) return 'no value';
      return isSentMessageHook(rpc.hook) ? 'unchanged' : 'ignore';
  }
}

function describeMessage({ topic, qos, payload, headers }: DecodedMessage): string {
  if (headers.allow_publish === 'false') return 'drop';
  return `rewrite (topic ${JSON.stringify(topic)}, QoS ${qos}, ${countOf(payload.length, 'byte')})`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
