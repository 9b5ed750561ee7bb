/** MessagePack. Integer keys become their digits; timestamps become RFC 3339 text. */
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import type { ValueCodec } from './codec.ts';
import { CodecError, malformed } from './error.ts';
import { type CodecLimits, checkSize } from './limits.ts';
import { scanMsgpack } from './msgpack-scan.ts';
import { decodeTimestamp } from './msgpack-timestamp.ts';
import { duplicateKey, integer, survey, type Value } from './value.ts';

export function openMsgpack(limits: CodecLimits): ValueCodec {
  const coder = new MsgpackCoder(limits);
  return {
    kind: 'value',
    name: 'msgpack',
    decode: (bytes) => coder.decode(checkSize(bytes, limits)),
    encode: (value) => checkSize(coder.encode(value), limits),
  };
}

class MsgpackCoder {
  readonly #limits: CodecLimits;
  /** The library reads 64-bit integers either all as numbers or all as bigints. */
  readonly #decoder: Decoder;
  readonly #bigintDecoder: Decoder;
  readonly #encoder: Encoder;
  readonly #bigintEncoder: Encoder;

  constructor(limits: CodecLimits) {
    const extensionCodec = new ExtensionCodec();
    extensionCodec.register({ type: -1, encode: () => null, decode: decodeTimestamp });
    const mapKeyConverter = String;
    // Our own limits come first; the library's is only not to come before them.
    const maxDepth = limits.maxDepth + 1;
    this.#limits = limits;
    this.#decoder = new Decoder({ extensionCodec, mapKeyConverter });
    this.#bigintDecoder = new Decoder({ extensionCodec, mapKeyConverter, useBigInt64: true });
    this.#encoder = new Encoder({ extensionCodec, maxDepth });
    this.#bigintEncoder = new Encoder({ extensionCodec, maxDepth, useBigInt64: true });
  }

  decode(bytes: Uint8Array): Value {
    const scan = scanMsgpack(bytes, this.#limits);
    const value = scan.hasLongInteger
      ? narrow(read(this.#bigintDecoder, bytes) as Value)
      : read(this.#decoder, bytes);
    if (survey(value, this.#limits).entries !== scan.entries) throw duplicateKey();
    return value as Value;
  }

  encode(value: Value): Uint8Array {
    const { hasBigint } = survey(value, this.#limits);
    return hasBigint ? this.#bigintEncoder.encode(widen(value)) : this.#encoder.encode(value);
  }
}

function read(decoder: Decoder, bytes: Uint8Array): unknown {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw error instanceof CodecError ? error : malformed('is not MessagePack');
  }
}

/** The value with each of its integers changed. */
function mapIntegers(value: Value, change: (integer: number | bigint) => number | bigint): Value {
  if (typeof value === 'bigint' || typeof value === 'number') return change(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => mapIntegers(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapIntegers(item, change)]));
}

/** Bigints that a number can hold become numbers. */
const narrow = (value: Value) =>
  mapIntegers(value, (item) => (typeof item === 'bigint' ? integer(item) : item));

/** With bigints allowed, the library writes numbers beyond 32 bits as floats. */
const widen = (value: Value) =>
  mapIntegers(value, (item) =>
    typeof item === 'number' && Number.isSafeInteger(item) && !fits32Bits(item) ? BigInt(item) : item,
  );

const fits32Bits = (value: number) => value >= -(2 ** 31) && value < 2 ** 32;
