/**
 * Payload codecs. An open codec is a pure, synchronous function of its bytes: no clock, no state, no promise. Errors
 * are deterministic, too: an unreadable payload always gives the same {@link CodecError}.
 */
import { plainCodecs } from '../../policy/messages/rule.ts';
import type { PayloadCodec } from '../../policy/messages/value.ts';
import type { AvroSpec } from './avro/avro.ts';
import type { JsonSpec } from './json/json.ts';
import type { CodecLimits } from './limits.ts';
import type { ProtobufSpec } from './protobuf/protobuf.ts';
import type { Value } from './value.ts';

export type { ByteCodec, ValueCodec } from '../../policy/messages/value.ts';
export { CodecError, type CodecReason } from './error.ts';
export { type CodecLimits, defaultLimits } from './limits.ts';
export type { AvroSpec, JsonSpec, ProtobufSpec, Value };

/** Its functions throw only {@link CodecError}. */
export type Codec = PayloadCodec;

export const codecNames = plainCodecs;
export type CodecName = (typeof codecNames)[number];

export type CodecSpec =
  | CodecName
  | { readonly json: JsonSpec }
  | { readonly protobuf: ProtobufSpec }
  | { readonly avro: AvroSpec };

/**
 * Loads the library of the codec and the files that it names.
 *
 * @throws TypeError for an invalid descriptor set or schema, or the error of the file system.
 */
export async function openCodec(spec: CodecSpec, limits: CodecLimits): Promise<Codec> {
  if (typeof spec === 'object') {
    if ('json' in spec) return await openJson(spec.json, limits);
    return 'protobuf' in spec
      ? (await import('./protobuf/protobuf.ts')).openProtobuf(spec.protobuf, limits)
      : (await import('./avro/avro.ts')).openAvro(spec.avro, limits);
  }
  switch (spec) {
    case 'json':
      return await openJson({}, limits);
    case 'cbor':
      return (await import('./cbor/cbor.ts')).openCbor(limits);
    case 'msgpack':
      return (await import('./msgpack/msgpack.ts')).openMsgpack(limits);
    case 'base64':
    case 'base64url':
    case 'hex':
      return (await import('./text.ts')).openText(spec, limits);
    default:
      return (await import('./compression.ts')).openCompression(spec, limits);
  }
}

async function openJson(spec: JsonSpec, limits: CodecLimits): Promise<Codec> {
  return (await import('./json/json.ts')).openJson(limits, spec);
}
