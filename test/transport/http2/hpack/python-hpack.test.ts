/** python3-hpack as the peer: its output is decoded here, and both decode any input alike, also damaged input. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompressionError } from '../../../../src/transport/http2/hpack/compression-error.ts';
import type { HeaderDecoder } from '../../../../src/transport/http2/hpack/decoder.ts';
import { encodeFields } from '../../../../src/transport/http2/hpack/encoder.ts';
import type { HeaderField } from '../../../../src/transport/http2/hpack/header-field.ts';
import { huffmanLength, writeHuffman } from '../../../../src/transport/http2/hpack/huffman.ts';
import { staticTable } from '../../../../src/transport/http2/hpack/static-table.ts';
import { decodeByPython, encodeByPython, hasPythonHpack, type PythonBlock } from './python.ts';
import { decodeHex, integer, openDecoder, plainString, sizeUpdate, tableOf, toHex } from './support.ts';

const isThere = hasPythonHpack();

/** The same each time: a failure can be repeated. */
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] =>
  fc.sample(arbitrary, { seed: 7541, numRuns });

const octets = (maxLength: number) =>
  fc.string({ unit: fc.nat(255).map((octet) => String.fromCharCode(octet)), maxLength });
/** Few, so many are repeated. */
const name = fc.oneof(
  fc.constantFrom(...staticTable.map(([known]) => known)),
  fc.constantFrom('grpc-timeout', 'grpc-encoding', 'x', 'x-long-'.repeat(30)),
  octets(8),
);
const value = fc.oneof(fc.constantFrom('POST', '/', '5S', 'application/grpc', 'v'.repeat(300)), octets(40));

const pythonBlock: fc.Arbitrary<PythonBlock> = fc.record({
  fields: fc.array(
    fc.tuple(
      name,
      value,
      fc.nat(9).map((n) => n === 0),
    ),
    { maxLength: 12 },
  ),
  huffman: fc.boolean(),
  sizes: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    // Rising: theirs signals each, although one above the last is against the RFC (4.2, 6.3).
    { weight: 1, arbitrary: fc.subarray([0, 33, 64, 200, 4096, 8192, 65_536], { maxLength: 3 }) },
  ),
});

/** A string literal, Huffman-coded whether that is shorter or not. */
const codedString = (text: string): Buffer => {
  const coded = Buffer.alloc(huffmanLength(text));
  writeHuffman(coded, 0, text);
  return Buffer.concat([integer(0x80, 7, coded.length), coded]);
};
const stringLiteral = fc
  .tuple(fc.oneof(name, value), fc.boolean())
  .map(([text, isCoded]) => (isCoded ? codedString(text) : plainString(text)));

/** Mostly of the static table, and of the newest of the dynamic one; a few are of none. */
const anyIndex = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 61 }) },
  { weight: 4, arbitrary: fc.integer({ min: 62, max: 64 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 130 }) },
);
/** Each representation of a field (6.1, 6.2). */
const representation = fc.oneof(
  anyIndex.map((index) => integer(0x80, 7, index)),
  ...[
    [0x40, 6],
    [0x00, 4],
    [0x10, 4],
  ].map(([flags = 0, prefixBits = 0]) =>
    fc
      .tuple(fc.oneof(anyIndex, fc.constant(0)), stringLiteral, stringLiteral)
      .map(([index, own, text]) =>
        Buffer.concat([integer(flags, prefixBits, index), ...(index === 0 ? [own] : []), text]),
      ),
  ),
);
const updates = fc.array(fc.oneof(fc.integer({ min: 0, max: 4096 }), fc.constantFrom(0, 4096, 4097)), {
  maxLength: 2,
});
const anyBlock = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: updates }),
    fc.array(representation, { maxLength: 10 }),
  )
  .map(([sizes, fields]) => Buffer.concat([...sizes.map(sizeUpdate), ...fields]));

type Verdict = readonly HeaderField[] | 'refused' | 'integer too long';

function decodeOurs(decoder: HeaderDecoder, block: string): Verdict {
  try {
    return decodeHex(decoder, block).fields;
  } catch (error) {
    if (!(error instanceof CompressionError)) throw error;
    return error.message.startsWith('an integer is too long') ? 'integer too long' : 'refused';
  }
}

/** Decodes each connection on both sides, up to the first error. @returns how many blocks were taken, and refused. */
function compare(connections: readonly (readonly string[])[]): { taken: number; refused: number } {
  const count = { taken: 0, refused: 0 };
  for (const [at, answers] of decodeByPython(connections).entries()) {
    const decoder = openDecoder({ maxListSize: 2 ** 28 });
    for (const [position, theirs] of answers.entries()) {
      const block = connections[at]?.[position] ?? '';
      const ours = decodeOurs(decoder, block);
      // Theirs has no limit for integers, ours has.
      if (ours === 'integer too long') break;
      expect(ours, `connection ${at}, block ${position}: ${block}`).toStrictEqual(
        typeof theirs === 'string' ? 'refused' : theirs,
      );
      count[ours === 'refused' ? 'refused' : 'taken']++;
      if (ours === 'refused') break;
    }
  }
  return count;
}

describe.skipIf(!isThere)('python3-hpack (of the Debian package with that name)', () => {
  it('encodes blocks that decode here, with the same table after each block, whatever the sizes', () => {
    const connections = sample(fc.array(pythonBlock, { minLength: 1, maxLength: 12 }), 150);
    for (const [at, blocks] of encodeByPython(connections).entries()) {
      const decoder = openDecoder();
      for (const [position, [block, table]] of blocks.entries()) {
        const sent = connections[at]?.[position];
        for (const size of sent?.sizes ?? []) decoder.settingsAcknowledged(size);
        expect(decodeHex(decoder, block).fields).toStrictEqual(sent?.fields.map(([n, v]) => [n, v]));
        expect(tableOf(decoder)).toStrictEqual(table);
      }
    }
  });

  it('decodes each representation, with any index and size update, to the same fields as here', () => {
    const connections = sample(fc.array(anyBlock, { minLength: 1, maxLength: 12 }), 500);
    const { refused, taken } = compare(connections.map((blocks) => blocks.map(toHex)));
    expect(taken).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(50);
  });

  it('rejects the same blocks as here, cut at every octet', () => {
    const blocks = sample(anyBlock, 30).map(toHex);
    const cuts = blocks.flatMap((block) =>
      Array.from({ length: block.length / 2 }, (_, at) => [block.slice(0, 2 * at)]),
    );
    const { refused, taken } = compare(cuts);
    expect(taken).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(500);
  });

  it('rejects the same blocks as here, with changed octets', () => {
    const edit = fc.tuple(
      fc.nat(1000),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 0x1f, 0x20, 0x3f, 0x7f, 0x80, 0xff)),
    );
    const changed = fc
      .tuple(anyBlock, fc.array(edit, { minLength: 1, maxLength: 3 }))
      .map(([block, edits]) => {
        const copy = Buffer.from(block);
        if (copy.length > 0) for (const [at, octet] of edits) copy[at % copy.length] = octet;
        return copy;
      });
    const { refused, taken } = compare(
      sample(fc.array(changed, { maxLength: 4 }), 1_000).map((all) => all.map(toHex)),
    );
    expect(taken).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  it('decodes blocks encoded here', () => {
    const lists = sample(fc.array(fc.tuple(name, value), { maxLength: 10 }), 300);
    const answers = decodeByPython(lists.map((fields) => [toHex(encodeFields(fields))]));
    expect(answers).toStrictEqual(lists.map((fields) => [fields]));
  });
});
