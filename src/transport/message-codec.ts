import type { Message } from '@bufbuild/protobuf';
import type { RpcCodec } from '../core/runtime.ts';
import { toResponseMessage } from '../protocol/wire/response-message.ts';

/** Decodes and encodes the messages of a transport. */
export const messageCodec: RpcCodec<Message, Message> = {
  decode: (_, message) => message,
  encode: toResponseMessage,
};
