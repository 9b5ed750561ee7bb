import type { Message } from '@bufbuild/protobuf';
import type { RpcCodec } from '../core/runtime.ts';
import { toResponseMessage } from '../protocol/wire/response-message.ts';

/** Messages that a transport has decoded and will encode. */
export const messageCodec: RpcCodec<Message, Message> = {
  decode: (_, message) => message,
  encode: toResponseMessage,
};
