import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockReader } from '../../../../src/transport/http2/hpack/block-reader.ts';
import { CompressionError } from '../../../../src/transport/http2/hpack/compression-error.ts';
import { MAX_INTEGER, readInteger } from '../../../../src/transport/http2/hpack/integer.ts';
import { hex, integer } from './support.ts';

const read = (octets: Uint8Array, prefixBits: number) =>
  readInteger(new BlockReader(octets, 0, octets.length), prefixBits);

describe('an integer', () => {
  it('is read back as it was written, for every prefix, whatever the flags are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.oneof(fc.nat(300), fc.nat(MAX_INTEGER)),
        fc.nat(255),
        (bits, value, flags) => {
          const octets = integer(flags & ~((1 << bits) - 1), bits, value);
          const reader = new BlockReader(octets, 0, octets.length);
          expect(readInteger(reader, bits)).toBe(value);
          expect(reader.isAtEnd).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['the largest of one octet', 5, '1e', 30],
    ['the smallest of two', 5, '1f00', 31],
    ['padded with zeros, within the limit', 5, '1f80808000', 31],
    ['the largest that is surely read', 8, 'ff 80feff7f', MAX_INTEGER],
  ] as const)('may be %s', (_, prefixBits, octets, value) => {
    expect(read(hex(octets), prefixBits)).toBe(value);
  });

  it.each([
    ['has no octet', ''],
    ['ends within its octets', '1f'],
    ['ends within its octets, late', '1f8080'],
    ['has five octets behind the first', '1f8080808001'],
    ['is padded with zeros beyond the limit', '1f8080808000'],
    ['has 32 bits', '1fffffffff0f'],
    ['never ends', `1f${'ff'.repeat(1000)}`],
  ])('is refused when it %s', (_, octets) => {
    expect(() => read(hex(octets), 5)).toThrow(CompressionError);
  });

  it('is not read beyond the end of its block, although octets follow', () => {
    const octets = hex('1f 9a 0a');
    expect(() => readInteger(new BlockReader(octets, 0, 2), 5)).toThrow(CompressionError);
    expect(readInteger(new BlockReader(octets, 0, 3), 5)).toBe(1337);
  });
});
