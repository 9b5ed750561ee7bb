import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDelivery, encodeDelivery, readHead } from '../../../src/events/spool/delivery-codec.ts';
import type { Delivery } from '../../../src/sinks/delivery.ts';
import { aDelivery } from './support.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const anyDelivery: fc.Arbitrary<Delivery> = fc.record({
  id: text,
  key: text,
  target: fc.option(text, { nil: undefined }),
  format: fc.constantFrom('structured', 'binary', 'raw'),
  contentType: text,
  attributes: fc.dictionary(text, text),
  body: fc.uint8Array({ maxLength: 2000 }),
});

describe('a delivery on disk', () => {
  it('decodes to the encoded value, whatever it contains', () => {
    fc.assert(
      fc.property(anyDelivery, (delivery) => {
        const read = decodeDelivery(encodeDelivery(delivery, 1));
        expect(
          read && { ...read, attributes: Object.entries(read.attributes), body: [...read.body] },
        ).toEqual({
          ...delivery,
          attributes: Object.entries(delivery.attributes),
          body: [...delivery.body],
        });
      }),
    );
  });

  it('keeps attributes named like members of Object.prototype', () => {
    const attributes = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
    const read = decodeDelivery(encodeDelivery(aDelivery('1', 'k', { attributes }), 1));
    expect(JSON.stringify(read?.attributes)).toBe('{"__proto__":"a","constructor":"b","toString":"c"}');
  });

  it('distinguishes an empty target from none', () => {
    const read = (target?: string) => decodeDelivery(encodeDelivery(aDelivery('1', 'k', { target }), 1));
    expect(read('')?.target).toBe('');
    expect(read()?.target).toBeUndefined();
  });

  it('is rejected when truncated at any byte', () => {
    const bytes = encodeDelivery(aDelivery('1', 'key', { body: new Uint8Array() }), 1);
    for (let length = 0; length < bytes.length; length++)
      expect(decodeDelivery(bytes.subarray(0, length))).toBeUndefined();
  });

  it('is rejected in the layout of a later release', () => {
    const bytes = encodeDelivery(aDelivery('1'), 1);
    bytes[0] = 2;
    expect(decodeDelivery(bytes)).toBeUndefined();
  });

  it('never throws when random bytes are decoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        decodeDelivery(Buffer.from([1, ...noise]));
      }),
    );
  });

  it('shows its time and the hash of its key without being decoded', () => {
    const time = Date.UTC(2300, 0);
    const [a, b, c] = ['one', 'one', 'two'].map((key) => readHead(encodeDelivery(aDelivery('1', key), time)));
    expect(a).toStrictEqual(b);
    expect(a?.keyHash).not.toBe(c?.keyHash);
    expect(a?.time).toBe(time);
  });
});
