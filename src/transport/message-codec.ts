import type { Message } from '@bufbuild/protobuf';
import type { Codec } from '../core/runtime.ts';
import { lower } from '../protocol/wire/lower.ts';

/** Messages that a transport has decoded and will encode. */
export const messageCodec: Codec<Message, Message> = { decode: (_, message) => message, encode: lower };
