/** The two forms in which transports exchange bodies with the flow of a call. */
import type { Message } from '@bufbuild/protobuf';
import type { Codec } from '../shell.ts';
import { decode } from '../wire/decode.ts';
import { encode, lower } from '../wire/encode.ts';

/** Protobuf bytes in and out. */
export const binaryCodec: Codec<Uint8Array, Uint8Array> = { decode, encode };

/** Messages that a transport has decoded and will encode. */
export const messageCodec: Codec<Message, Message> = { decode: (_, message) => message, encode: lower };
