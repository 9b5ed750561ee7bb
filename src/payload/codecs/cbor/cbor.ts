/**
 * CBOR (RFC 8949), implemented here rather than by a library. On a payload of 300 bytes, libraries with these checks
 * take several times as long, and the checks would need a separate pass. Tests compare both directions with two other
 * implementations.
 */

import type { ValueCodec } from '../codec.ts';
import { type CodecLimits, checkSize } from '../limits.ts';
import { survey, type Value } from '../value.ts';
import { readCbor } from './read.ts';
import { rewriteCbor } from './rewrite.ts';
import { writeCbor } from './write.ts';

export function openCbor(limits: CodecLimits): ValueCodec {
  return {
    kind: 'value',
    name: 'cbor',
    decode: (bytes) => readCbor(checkSize(bytes, limits), limits),
    read(bytes) {
      const value = readCbor(checkSize(bytes, limits), limits);
      const rewrite = (changed: Value) => {
        survey(changed, limits);
        return checkSize(rewriteCbor(bytes, value, changed, limits), limits);
      };
      return { value, rewrite };
    },
    encode(value) {
      survey(value, limits);
      return checkSize(writeCbor(value), limits);
    },
  };
}
