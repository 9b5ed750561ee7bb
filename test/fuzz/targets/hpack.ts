/** Header blocks of one connection, one after another. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { CompressionError } from '../../../src/transport/http2/hpack/compression-error.ts';
import { HeaderDecoder } from '../../../src/transport/http2/hpack/decoder.ts';
import { encodeFields } from '../../../src/transport/http2/hpack/encoder.ts';
import { readBrokerConnections, recordedBrokers } from '../../support/broker-connections.ts';
import { framesIn, PREFACE } from '../../transport/raw-client.ts';
import { mutatedBytes } from '../mutate.ts';
import { attempt, defineTarget, ensure, fromBase64, toBase64 } from '../target.ts';

const HEADERS = 1;
const LIMITS = { maxTableSize: 4_096, maxListSize: 16_384 };
/** The fullest table, and all that is remembered of blocks. */
const MOST_BYTES = 40_000;

export const hpack = () =>
  defineTarget({
    name: 'hpack',
    input: fc.array(mutatedBytes(recordedBlocks()).map(toBase64), { minLength: 1, maxLength: 8 }),
    check(blocks: readonly string[]) {
      const decoder = new HeaderDecoder(LIMITS);
      for (const text of blocks) {
        const octets = fromBase64(text);
        const decode = () => decoder.decode(octets, 0, octets.length);
        const block = attempt(decode, (error) => error instanceof CompressionError);
        ensure(toBase64(octets) === text, 'octets that are not changed by being read');
        ensure(decoder.bytes <= MOST_BYTES, 'a decoder with little memory');
        if (block === undefined) return;
        ensure(block.isTooLarge === block.size > LIMITS.maxListSize, 'a list within the limit, or marked');
        ensure(isDeepStrictEqual(recode(block.fields), block.fields), 'fields that can be encoded');
      }
    },
  });

function recode(fields: Parameters<typeof encodeFields>[0]) {
  const octets = encodeFields(fields);
  return new HeaderDecoder(LIMITS).decode(octets, 0, octets.length).fields;
}

function recordedBlocks(): Uint8Array[] {
  return recordedBrokers.flatMap((broker) =>
    readBrokerConnections(broker).flatMap((chunks) =>
      framesIn(Buffer.concat(chunks).subarray(PREFACE.length))
        .filter(({ type }) => type === HEADERS)
        .map(({ payload }) => payload),
    ),
  );
}
