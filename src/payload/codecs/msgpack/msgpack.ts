/**
 * MessagePack. Integer keys become their digits, timestamps RFC 3339 text, other extension types their bytes. A
 * rewrite keeps all three where nothing changes.
 */
import { Encoder } from '@msgpack/msgpack';
import type { ValueCodec } from '../codec.ts';
import { type CodecLimits, checkSize } from '../limits.ts';
import { survey, type Value } from '../value.ts';
import { readMsgpack } from './read.ts';
import { rewriteMsgpack } from './rewrite.ts';

export function openMsgpack(limits: CodecLimits): ValueCodec {
  // Our own limits apply first: the library's limit must not be lower.
  const maxDepth = limits.maxDepth + 1;
  const encoder = new Encoder({ maxDepth });
  const bigintEncoder = new Encoder({ maxDepth, useBigInt64: true });
  const encode = (value: Value): Uint8Array => {
    const { hasBigint } = survey(value, limits);
    return hasBigint ? bigintEncoder.encode(widen(value)) : encoder.encode(value);
  };
  return {
    kind: 'value',
    name: 'msgpack',
    decode: (bytes) => readMsgpack(checkSize(bytes, limits), limits),
    read(bytes) {
      const value = readMsgpack(checkSize(bytes, limits), limits);
      const rewrite = (changed: Value) => {
        survey(changed, limits);
        return checkSize(rewriteMsgpack(bytes, value, changed, limits, encode), limits);
      };
      return { value, rewrite };
    },
    encode: (value) => checkSize(encode(value), limits),
  };
}

/** If bigints are allowed, the library writes numbers beyond 32 bits as floats. */
function widen(value: Value): Value {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !fits32Bits(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(widen);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, widen(item)]));
}

const fits32Bits = (value: number) => value >= -(2 ** 31) && value < 2 ** 32;
