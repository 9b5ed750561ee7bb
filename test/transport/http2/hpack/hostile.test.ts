/** Expensive input from a peer: all of it ends, with little memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompressionError } from '../../../../src/transport/http2/hpack/compression-error.ts';
import type { HeaderDecoder } from '../../../../src/transport/http2/hpack/decoder.ts';
import { decodeAll, hex, indexed, inserted, integer, openDecoder, sizeUpdate, tableOf } from './support.ts';

/** A connection's blocks: each representation, Huffman-coded and not, table entries, an update (RFC 7541, C.4 and C.5). */
const blocks = [
  '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
  '8286 84be 5886 a8eb 1064 9cbf',
  '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
  '3fe101 4803 3330 3258 0770 7269 7661 7465 1008 7061 7373 776f 7264 0673 6563 7265 74',
].map(hex);

/** Decodes, and says whether it was refused. Any other error stays thrown. */
function isRefused(decoder: HeaderDecoder, block: Uint8Array): boolean {
  try {
    decoder.decode(block, 0, block.length);
    return false;
  } catch (error) {
    if (error instanceof CompressionError) return true;
    throw error;
  }
}

/** A decoder that has decoded the first blocks. */
function openAfter(count: number): HeaderDecoder {
  const decoder = openDecoder();
  for (const block of blocks.slice(0, count)) decodeAll(decoder, block);
  return decoder;
}

describe('a block', () => {
  it('that is cut within a field is refused, at each octet', () => {
    for (const [count, whole] of blocks.entries()) {
      const { fields } = decodeAll(openAfter(count), whole);
      const ends = Array.from({ length: whole.length + 1 }, (_, end) => whole.subarray(0, end));
      const taken = ends.filter((cut) => !isRefused(openAfter(count), cut));
      // One for each number of fields; the size update of the last block is one more.
      expect(taken).toHaveLength(fields.length + (count === 3 ? 2 : 1));
      for (const cut of taken) {
        const begun = decodeAll(openAfter(count), cut).fields;
        expect(begun).toStrictEqual(fields.slice(0, begun.length));
      }
    }
  });

  it('of any octets is decoded or refused, and the table keeps its limit', () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 5 }), (all) => {
        const decoder = openDecoder();
        for (const block of all) if (isRefused(decoder, block)) break;
        expect(decoder.bytes).toBeLessThanOrEqual(MOST_BYTES);
      }),
      { numRuns: 500 },
    );
  });

  it('with each octet changed to each other is decoded or refused', () => {
    for (const [count, whole] of blocks.entries()) {
      for (let at = 0; at < whole.length; at++) {
        for (let octet = 0; octet < 256; octet += 5) {
          const changed = Buffer.from(whole);
          changed[at] = octet;
          isRefused(openAfter(count), changed);
        }
      }
    }
  });
});

/** A table of the smallest entries, which cost the most beside their size, and all blocks that are remembered. */
const MOST_BYTES = 4096 + 128 * 96 + 16 * 1024;

describe('a bomb', () => {
  it('of one octet a field that refers to a large entry is counted, and not kept', () => {
    const decoder = openDecoder({ maxListSize: 16 * 1024 });
    decodeAll(decoder, inserted('x', 'y'.repeat(4000)));
    const block = Buffer.alloc(100_000, indexed(62));
    const { fields, isTooLarge, size } = decoder.decode(block, 0, block.length);
    expect({ fields, isTooLarge, size }).toStrictEqual({
      fields: [],
      isTooLarge: true,
      size: 100_000 * (4001 + 32),
    });
    expect(decoder.bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('of many small entries fills the table and nothing else', () => {
    const decoder = openDecoder();
    for (let n = 0; n < 2_000; n++) decodeAll(decoder, inserted(`${n % 10}`, `${n % 7}`), indexed(62));
    expect(tableOf(decoder)).toHaveLength(Math.floor(4096 / 34));
    expect(decoder.bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('of empty fields is counted by their overhead', () => {
    const decoder = openDecoder({ maxListSize: 16 * 1024 });
    const block = Buffer.alloc(30_000, hex('400000'));
    expect(decoder.decode(block, 0, block.length)).toStrictEqual({
      fields: [],
      isTooLarge: true,
      size: 10_000 * 32,
    });
    expect(tableOf(decoder)).toHaveLength(4096 / 32);
    expect(decoder.bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('of size updates is accepted, because an update costs only its octet', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('a', '1'));
    const { fields } = decodeAll(decoder, Buffer.alloc(100_000, sizeUpdate(0)), indexed(2));
    expect(fields).toHaveLength(1);
    expect(decoder.bytes).toBeLessThan(1024);
  });

  it('of Huffman codes makes at most 8 / 5 octets of text an octet', () => {
    const decoder = openDecoder();
    const coded = Buffer.concat([hex('00 01 61'), integer(0x80, 7, 40_000), Buffer.alloc(40_000)]);
    const { size } = decoder.decode(coded, 0, coded.length);
    // The code of "0" is five zeros.
    expect(size).toBe(32 + 1 + (40_000 * 8) / 5);
  });

  it('leaves the large value of a field that is not kept out of the table’s memory', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('x', 'y'.repeat(60_000)));
    expect(decoder.bytes).toBe(0);
  });
});
