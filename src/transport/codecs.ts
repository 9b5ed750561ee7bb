import type { RpcCodec } from '../core/runtime.ts';
import { decode } from '../protocol/wire/decode.ts';
import { encode } from '../protocol/wire/encode.ts';

/** Decodes and encodes protobuf bytes. */
export const binaryCodec: RpcCodec<Uint8Array, Uint8Array> = { decode, encode };
