import type { Message } from '@bufbuild/protobuf';
import type { Codec } from '../shell.ts';
import { lower } from '../wire/lower.ts';

/** Messages that a transport has decoded and will encode. */
export const messageCodec: Codec<Message, Message> = { decode: (_, message) => message, encode: lower };
