/** Blocks of indexed fields only come back as the same object, as long as they mean the same. */
import { describe, expect, it } from 'vitest';
import { staticTable } from '../../../../src/transport/http2/hpack/static-table.ts';
import { decodeAll, decodeHex, indexed, inserted, openDecoder, sizeUpdate } from './support.ts';

describe('a block of indexed fields only', () => {
  it('is the same object each time, wherever it stands', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('a', '1'));
    const first = decodeHex(decoder, '82 86 84 be');
    expect(decodeHex(decoder, '82 86 84 be')).toBe(first);
    const within = Buffer.from('ff828684beff', 'hex');
    expect(decoder.decode(within, 1, 5)).toBe(first);
    expect(decoder.decode(new Uint8Array(within), 1, 5)).toBe(first);
    expect(decoder.decode(within, 1, 4)).not.toBe(first);
  });

  it('is decoded again once the table has changed, whatever changed it', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('a', '1'), inserted('b', '2'));
    expect(decodeAll(decoder, indexed(62)).fields).toStrictEqual([['b', '2']]);
    decodeAll(decoder, inserted('c', '3'));
    expect(decodeAll(decoder, indexed(62)).fields).toStrictEqual([['c', '3']]);
    decodeAll(decoder, sizeUpdate(0));
    expect(() => decodeAll(decoder, indexed(62))).toThrow('RFC 7541');
  });

  it('is decoded again after a field that was too large to enter the table emptied it', () => {
    const decoder = openDecoder();
    decodeAll(decoder, inserted('a', '1'));
    expect(decodeAll(decoder, indexed(62)).fields).toHaveLength(1);
    decodeAll(decoder, inserted('a', 'x'.repeat(5000)));
    expect(() => decodeAll(decoder, indexed(62))).toThrow('RFC 7541');
  });

  it('is cached with its size', () => {
    const decoder = openDecoder({ maxListSize: 41 });
    const first = decodeAll(decoder, indexed(2));
    expect(first.isTooLarge).toBe(true);
    expect(decodeAll(decoder, indexed(2))).toBe(first);
  });

  it.each([
    ['a literal', '82 04 02 2f61'],
    ['a literal that is never indexed', '82 14 02 2f61'],
    ['a size update', '20 82'],
  ])('is not remembered with %s in it', (_, octets) => {
    const decoder = openDecoder();
    expect(decodeHex(decoder, octets)).not.toBe(decodeHex(decoder, octets));
    expect(decoder.bytes).toBe(0);
  });

  it('is distinguished from others of its length', () => {
    const decoder = openDecoder();
    for (let n = 0; n < 2 * 61 * 61; n++) {
      const [first, second] = [n % 61, Math.floor(n / 61) % 61];
      const { fields } = decodeAll(decoder, indexed(first + 1), indexed(second + 1));
      if (fields[0] !== staticTable[first] || fields[1] !== staticTable[second]) expect.fail(`block ${n}`);
    }
  });

  it('is remembered within bounds: however many different ones come, and however long', () => {
    const decoder = openDecoder();
    let most = 0;
    for (let n = 0; n < 3_000; n++) {
      const fields = Array.from({ length: 1 + (n % 80) }, (_, at) => indexed(1 + ((n * 7 + at * n) % 61)));
      decodeAll(decoder, ...fields);
      most = Math.max(most, decoder.bytes);
    }
    expect(most).toBeGreaterThan(8 * 1024);
    expect(most).toBeLessThanOrEqual(16 * 1024);
  });

  it('counts in the bytes of the decoder until the table changes', () => {
    const decoder = openDecoder();
    decodeAll(decoder, indexed(2));
    expect(decoder.bytes).toBeGreaterThan(0);
    decodeAll(decoder, sizeUpdate(0));
    expect(decoder.bytes).toBe(0);
  });
});
