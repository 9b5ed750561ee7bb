import type { Codec } from '../shell.ts';
import { decode } from '../wire/decode.ts';
import { encode } from '../wire/encode.ts';

/** Protobuf bytes in and out. */
export const binaryCodec: Codec<Uint8Array, Uint8Array> = { decode, encode };
