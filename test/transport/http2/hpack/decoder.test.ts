/** Each rule of RFC 7541 for decoders that is not in its examples. */
import { describe, expect, it } from 'vitest';
import { CompressionError } from '../../../../src/transport/http2/hpack/compression-error.ts';
import { staticTable } from '../../../../src/transport/http2/hpack/static-table.ts';
import {
  decodeAll,
  decodeHex,
  indexed,
  inserted,
  openDecoder,
  plainString,
  sizeUpdate,
  tableOf,
} from './support.ts';

describe('a field of a table', () => {
  it('may be each of the static table', () => {
    expect(staticTable.length).toBe(61);
    const decoder = openDecoder();
    for (const [at, field] of staticTable.entries())
      expect(decodeAll(decoder, indexed(at + 1)).fields).toStrictEqual([field]);
  });

  it.each([
    ['index 0', indexed(0)],
    ['the first index behind the static table, with an empty dynamic one', indexed(62)],
    ['a very large index', indexed(2 ** 28 - 1)],
    ['a name of the first index behind both tables', Buffer.concat([Buffer.of(0x7f, 0), plainString('x')])],
  ])('is refused for %s', (_, block) => {
    expect(() => decodeAll(openDecoder(), block)).toThrow(CompressionError);
  });

  it('is found by the index of its age: the newest first', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('a', '1'), inserted('b', '2'), inserted('c', '3'));
    expect(decodeAll(decoder, indexed(62), indexed(63), indexed(64)).fields).toStrictEqual([
      ['c', '3'],
      ['b', '2'],
      ['a', '1'],
    ]);
    expect(() => decodeAll(decoder, indexed(65))).toThrow(CompressionError);
  });

  it('may be twice in the table (2.3.2)', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('a', '1'), inserted('a', '1'));
    expect(tableOf(decoder)).toStrictEqual([
      ['a', '1'],
      ['a', '1'],
    ]);
  });
});

describe('a literal', () => {
  it.each([
    ['without indexing', 0x00],
    ['never indexed', 0x10],
  ])('%s does not enter the table, by name or by index', (_, flags) => {
    const decoder = openDecoder();
    const { fields } = decodeAll(
      decoder,
      Buffer.concat([Buffer.of(flags), plainString('n'), plainString('v')]),
      Buffer.concat([Buffer.of(flags | 4), plainString('/p')]),
      Buffer.concat([Buffer.of(flags | 15, 58 - 15), plainString('agent')]),
    );
    expect(fields).toStrictEqual([
      ['n', 'v'],
      [':path', '/p'],
      ['user-agent', 'agent'],
    ]);
    expect(tableOf(decoder)).toStrictEqual([]);
  });

  it('gives octets as characters up to U+00FF', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
    expect(decodeAll(openDecoder(), inserted('n', all)).fields).toStrictEqual([['n', all]]);
  });

  it('may have an empty name and an empty value', () => {
    expect(decodeHex(openDecoder(), '00 00 00').fields).toStrictEqual([['', '']]);
    expect(decodeHex(openDecoder(), '00 80 80').fields).toStrictEqual([['', '']]);
  });

  it.each([
    ['whose name is longer than the block', '00 05 61'],
    ['whose value is longer than the block', '00 01 61 02 62'],
    ['without a value', '00 01 61'],
    ['of a name by index without a value', '44'],
    ['with a length of 2 to the 32nd', '00 7f ff ff ff ff 0f'],
  ])('%s is refused', (_, block) => {
    expect(() => decodeHex(openDecoder(), block)).toThrow(CompressionError);
  });

  it('is refused when it is longer than the limit of the options', () => {
    const decoder = openDecoder({ maxStringLength: 5 });
    expect(decodeAll(decoder, inserted('12345', '12345')).fields).toHaveLength(1);
    expect(() => decodeAll(decoder, inserted('n', '123456'))).toThrow(CompressionError);
    // "1" has five bits: five octets are eight characters.
    expect(() => decodeHex(decoder, '00 01 61 85 08 42 10 84 21')).toThrow(CompressionError);
  });
});

describe('eviction (4.3, 4.4)', () => {
  it('takes the oldest, as many as have no room', () => {
    const decoder = openDecoder();
    // 34 octets each.
    decodeAll(decoder, sizeUpdate(3 * 34), ...['a', 'b', 'c'].map((name) => inserted(name, '1')));
    decodeAll(decoder, inserted('dd', '4'));
    expect(tableOf(decoder)).toStrictEqual([
      ['dd', '4'],
      ['c', '1'],
    ]);
  });

  it('leaves an entry that exactly fits', () => {
    const decoder = openDecoder();
    decodeAll(decoder, sizeUpdate(34), inserted('a', '1'));
    expect(tableOf(decoder)).toStrictEqual([['a', '1']]);
  });

  it('of a field larger than the table empties the table, and is not an error', () => {
    const decoder = openDecoder();
    decodeAll(decoder, sizeUpdate(68), inserted('a', '1'), inserted('b', '2'));
    expect(decodeAll(decoder, inserted('large', 'x'.repeat(100))).fields).toHaveLength(1);
    expect(tableOf(decoder)).toStrictEqual([]);
    expect(decoder.bytes).toBe(0);
  });

  it('leaves the name to the field that takes its entry’s place (4.4)', () => {
    const decoder = openDecoder();
    decodeAll(decoder, sizeUpdate(40), inserted('name', 'old'));
    const byOldName = Buffer.concat([Buffer.of(0x40 | 62), plainString('new')]);
    expect(decodeAll(decoder, byOldName).fields).toStrictEqual([['name', 'new']]);
    expect(tableOf(decoder)).toStrictEqual([['name', 'new']]);
  });

  it('stays correct through many fields', () => {
    const decoder = openDecoder();
    const expected: [string, string][] = [];
    for (let n = 100; n < 1000; n++) {
      decodeAll(decoder, inserted(`n${n % 7}`, `${n}`));
      expected.unshift([`n${n % 7}`, `${n}`]);
      expected.length = Math.min(expected.length, 200);
    }
    const table = tableOf(decoder);
    expect(table).toStrictEqual(expected.slice(0, table.length));
    // Each counts 37 octets: 2 of the name, 3 of the value.
    expect(table).toHaveLength(Math.floor(4096 / 37));
  });
});

describe('a size update (4.2, 6.3)', () => {
  it('may stand at the beginning, more than once, with nothing behind it', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('a', '1'));
    expect(decodeAll(decoder, sizeUpdate(0), sizeUpdate(4096)).fields).toStrictEqual([]);
    expect(tableOf(decoder)).toStrictEqual([]);
    decodeAll(decoder, inserted('a', '1'));
    expect(tableOf(decoder)).toHaveLength(1);
  });

  it.each([
    ['an indexed field', indexed(2)],
    ['a literal that enters the table', inserted('a', '1')],
    ['a literal that does not', Buffer.of(0x00, 0x01, 0x61, 0x01, 0x61)],
    ['another update and a field', Buffer.concat([sizeUpdate(100), indexed(2)])],
  ])('is refused behind %s', (_, before) => {
    expect(() => decodeAll(openDecoder(), before, sizeUpdate(100))).toThrow(CompressionError);
  });

  it.each([
    [4096, 4096, 4097],
    // A peer that has read our SETTINGS may use their size; one that has not may use the initial size.
    [8192, 8192, 8193],
    [100, 4096, 4097],
    [0, 4096, 4097],
  ])('with %i announced may be up to %i before it is acknowledged', (maxTableSize, largest, tooLarge) => {
    decodeAll(openDecoder({ maxTableSize }), sizeUpdate(largest));
    expect(() => decodeAll(openDecoder({ maxTableSize }), sizeUpdate(tooLarge))).toThrow(CompressionError);
  });

  it('to more than was announced is refused, once that is acknowledged', () => {
    const open = () => {
      const decoder = openDecoder({ maxTableSize: 100 });
      decoder.settingsAcknowledged();
      return decoder;
    };
    decodeAll(open(), sizeUpdate(100));
    expect(() => decodeAll(open(), sizeUpdate(101))).toThrow(CompressionError);
    expect(() => decodeAll(open(), sizeUpdate(100), sizeUpdate(101))).toThrow(CompressionError);
  });

  it.each([
    ['with a field', indexed(2)],
    ['without any', Buffer.of()],
    ['with the same field as before', indexed(3)],
  ])('must begin the next block after a reduction was acknowledged, %s', (_, block) => {
    const decoder = openDecoder({ maxTableSize: 100 });
    decodeAll(decoder, indexed(3));
    decoder.settingsAcknowledged();
    expect(() => decodeAll(decoder, block)).toThrow(CompressionError);
  });

  it('that a reduction asks for is asked for once', () => {
    const decoder = openDecoder({ maxTableSize: 100 });
    decoder.settingsAcknowledged();
    decodeAll(decoder, sizeUpdate(50), indexed(2));
    expect(decodeAll(decoder, indexed(2)).fields).toHaveLength(1);
  });

  it('is not required after a size that is not a reduction', () => {
    const decoder = openDecoder({ maxTableSize: 8192 });
    decoder.settingsAcknowledged();
    expect(decodeAll(decoder, indexed(2)).fields).toHaveLength(1);
    decodeAll(decoder, sizeUpdate(64));
    // The peer has chosen less already.
    decoder.settingsAcknowledged(64);
    expect(decodeAll(decoder, indexed(2)).fields).toHaveLength(1);
  });

  it('must signal the smallest size, when there were several (4.2)', () => {
    const open = () => {
      const decoder = openDecoder();
      decodeAll(decoder, inserted('a', '1'));
      decoder.settingsAcknowledged(0);
      decoder.settingsAcknowledged(2048);
      return decoder;
    };
    expect(() => decodeAll(open(), sizeUpdate(2048), indexed(2))).toThrow(CompressionError);
    const decoder = open();
    expect(decodeAll(decoder, sizeUpdate(0), sizeUpdate(2048), indexed(2)).fields).toHaveLength(1);
    expect(tableOf(decoder)).toStrictEqual([]);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 32])('to %d is nothing that can be announced', (maxTableSize) => {
    expect(() => openDecoder({ maxTableSize })).toThrow(RangeError);
    expect(() => openDecoder().settingsAcknowledged(maxTableSize)).toThrow(RangeError);
  });
});

describe('the size of a list', () => {
  it('counts names, values and 32 octets a field', () => {
    expect(decodeAll(openDecoder(), indexed(2), inserted('a', '12')).size).toBe(10 + 32 + 3 + 32);
    expect(decodeHex(openDecoder(), '').size).toBe(0);
  });

  it('may have the size of the limit; beyond it the fields are dropped, but the table changes', () => {
    const fits = decodeAll(openDecoder({ maxListSize: 42 }), indexed(2));
    expect(fits).toMatchObject({ isTooLarge: false, size: 42, fields: [[':method', 'GET']] });
    const decoder = openDecoder({ maxListSize: 41 });
    const block = decodeAll(decoder, indexed(2), inserted('a', '1'), indexed(2));
    expect(block).toStrictEqual({ isTooLarge: true, size: 42 + 34 + 42, fields: [] });
    expect(tableOf(openDecoder())).toStrictEqual([]);
    expect(decodeAll(openDecoder({ maxListSize: 41 }), indexed(2)).fields).toStrictEqual([]);
    // The list of the table's one entry is small enough.
    expect(tableOf(decoder)).toStrictEqual([['a', '1']]);
  });
});
