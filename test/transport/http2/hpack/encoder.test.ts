import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyTableUpdate,
  encodeFields,
  maxEncodedLength,
  writeFields,
} from '../../../../src/transport/http2/hpack/encoder.ts';
import type { HeaderField } from '../../../../src/transport/http2/hpack/header-field.ts';
import { decodeAll, openDecoder, tableOf, toHex } from './support.ts';

describe('a response', () => {
  it.each<[string, HeaderField[], string]>([
    ['fields of the static table', [[':status', '200']], '88'],
    ['a name of the static table, without indexing', [['server', 'aaaaaaaa']], '0f27 85 18c6318c63'],
    ['a name of its own', [['grpc-status', '0']], '00 88 9acac8b21234da8f 01 30'],
    ['a name whose entry has another value', [[':status', '302']], '08 82 6402'],
    ['a name whose entry has no value', [['date', '']], '0f12 00'],
    ['an empty list', [], ''],
  ])('is encoded with %s', (_, fields, octets) => {
    expect(toHex(encodeFields(fields))).toBe(octets.replaceAll(' ', ''));
  });

  const text = fc.string({ unit: fc.nat(255).map((octet) => String.fromCharCode(octet)), maxLength: 200 });
  const anyFields = fc.array(fc.tuple(text, text), { maxLength: 20 });

  it('decodes to its source, leaves no table entry, and has at most the promised length', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const octets = encodeFields(fields);
        expect(octets.length).toBeLessThanOrEqual(maxEncodedLength(fields));
        const decoder = openDecoder();
        expect(decodeAll(decoder, octets).fields).toStrictEqual(fields);
        expect(tableOf(decoder)).toStrictEqual([]);
      }),
    );
  });

  it('may be written into a buffer behind something else', () => {
    const into = Buffer.alloc(20, 0xee);
    expect(writeFields([[':status', '200']], into, 3)).toBe(4);
    expect(toHex(into.subarray(2, 5))).toBe('ee88ee');
  });

  it('has its own buffer of exactly its length', () => {
    const octets = encodeFields([['grpc-status', '0']]);
    expect(octets.buffer.byteLength).toBe(octets.length);
  });

  it.each([
    ['name\u0100', 'value'],
    ['name', 'value\u010a'],
    ['name', '\u{1f525}'],
  ])('with the character of no octet in %j: %j is refused', (name, value) => {
    expect(() => encodeFields([[name, value]])).toThrow(RangeError);
  });

  it('of a peer with a smaller table begins with an update that empties it', () => {
    const decoder = openDecoder({ maxTableSize: 0 });
    decoder.settingsAcknowledged();
    const { fields } = decodeAll(decoder, emptyTableUpdate, encodeFields([[':status', '200']]));
    expect(fields).toStrictEqual([[':status', '200']]);
  });
});
