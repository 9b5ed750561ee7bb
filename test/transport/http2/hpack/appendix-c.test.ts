/** The examples of RFC 7541, appendix C, as values. */
import { describe, expect, it } from 'vitest';
import { BlockReader } from '../../../../src/transport/http2/hpack/block-reader.ts';
import { fieldSize, type HeaderField } from '../../../../src/transport/http2/hpack/header-field.ts';
import { readInteger } from '../../../../src/transport/http2/hpack/integer.ts';
import { decodeHex, hex, integer, openDecoder, tableOf, toHex } from './support.ts';

const readWhole = (octets: Uint8Array, prefixBits: number): number => {
  const reader = new BlockReader(octets, 0, octets.length);
  const value = readInteger(reader, prefixBits);
  expect(reader.isAtEnd).toBe(true);
  return value;
};

describe('integers (C.1)', () => {
  it.each([
    ['C.1.1', 5, 10, '0a'],
    ['C.1.2', 5, 1337, '1f9a0a'],
    ['C.1.3', 8, 42, '2a'],
  ] as const)('%s: with a prefix of %i bits %i is %s, both ways', (_, prefixBits, value, octets) => {
    expect(readWhole(hex(octets), prefixBits)).toBe(value);
    expect(toHex(integer(0, prefixBits, value))).toBe(octets);
  });
});

describe('header field representations (C.2)', () => {
  it.each([
    [
      'C.2.1, with indexing',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      ['custom-key', 'custom-header'],
      true,
    ],
    ['C.2.2, without indexing', '040c 2f73 616d 706c 652f 7061 7468', [':path', '/sample/path'], false],
    ['C.2.3, never indexed', '1008 7061 7373 776f 7264 0673 6563 7265 74', ['password', 'secret'], false],
    ['C.2.4, indexed', '82', [':method', 'GET'], false],
  ] as const)('%s, is decoded, and enters the table or does not', (_, octets, field, enters) => {
    const decoder = openDecoder();
    expect(decodeHex(decoder, octets).fields).toStrictEqual([field]);
    expect(tableOf(decoder)).toStrictEqual(enters ? [field] : []);
  });
});

interface Step {
  readonly octets: string;
  readonly fields: readonly HeaderField[];
  readonly table: readonly HeaderField[];
  readonly tableSize: number;
}

const example = [':authority', 'www.example.com'] as const;
const noCache = ['cache-control', 'no-cache'] as const;
const custom = ['custom-key', 'custom-value'] as const;
const get = [':method', 'GET'] as const;
const http = [':scheme', 'http'] as const;
const root = [':path', '/'] as const;

const requestResults = [
  { fields: [get, http, root, example], table: [example], tableSize: 57 },
  { fields: [get, http, root, example, noCache], table: [noCache, example], tableSize: 110 },
  {
    fields: [get, [':scheme', 'https'], [':path', '/index.html'], example, custom],
    table: [custom, noCache, example],
    tableSize: 164,
  },
] as const;

const status302 = [':status', '302'] as const;
const status307 = [':status', '307'] as const;
const isPrivate = ['cache-control', 'private'] as const;
const date21 = ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'] as const;
const date22 = ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'] as const;
const location = ['location', 'https://www.example.com'] as const;
const gzip = ['content-encoding', 'gzip'] as const;
const cookie = ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'] as const;

const responseResults = [
  {
    fields: [status302, isPrivate, date21, location],
    table: [location, date21, isPrivate, status302],
    tableSize: 222,
  },
  {
    fields: [status307, isPrivate, date21, location],
    table: [status307, location, date21, isPrivate],
    tableSize: 222,
  },
  {
    fields: [[':status', '200'], isPrivate, date22, location, gzip, cookie],
    table: [cookie, gzip, date22],
    tableSize: 215,
  },
] as const;

const withOctets = (results: readonly Omit<Step, 'octets'>[], ...octets: readonly string[]): Step[] =>
  results.map((result, at) => ({ ...result, octets: octets[at] as string }));

const sequences: Record<string, { maxTableSize?: number; steps: Step[] }> = {
  'requests without Huffman coding (C.3)': {
    steps: withOctets(
      requestResults,
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ),
  },
  'requests with Huffman coding (C.4)': {
    steps: withOctets(
      requestResults,
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ),
  },
  'responses without Huffman coding, in a table of 256 octets (C.5)': {
    maxTableSize: 256,
    steps: withOctets(
      responseResults,
      `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133
       3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      '4803 3330 37c1 c0bf',
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a
       6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d
       6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
    ),
  },
  'responses with Huffman coding, in a table of 256 octets (C.6)': {
    maxTableSize: 256,
    steps: withOctets(
      responseResults,
      `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d
       29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
      '4883 640e ffc1 c0bf',
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d
       d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106
       3d50 07`,
    ),
  },
};

describe.each(Object.entries(sequences))('%s', (_, { maxTableSize = 4096, steps }) => {
  it('are decoded one after another, with the table of each step', () => {
    const decoder = openDecoder({ maxTableSize });
    if (maxTableSize < 4096) {
      // The examples take the smaller table as agreed on.
      decoder.settingsAcknowledged();
      decodeHex(decoder, '3f e1 01');
    }
    for (const { octets, fields, table, tableSize } of steps) {
      const block = decodeHex(decoder, octets);
      expect(block.fields).toStrictEqual(fields);
      expect(block.isTooLarge).toBe(false);
      expect(tableOf(decoder)).toStrictEqual(table);
      expect(table.reduce((sum, field) => sum + fieldSize(field), 0)).toBe(tableSize);
    }
  });
});
