import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeData } from '../../../src/sinks/cloudevents/encode-data.ts';
import { JsonText, quote } from '../../../src/sinks/cloudevents/json-text.ts';

// Halves of surrogate pairs included.
const anyText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 200 });
const likelyText = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', '\u0085', '\u2028', 'é', '漢', '😀', '\ud800'),
});

/** What `JSON.stringify` says, with the further escapes. */
const expected = (text: string) =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const texts = [
  ['any text', anyText],
  ['text that needs escapes', likelyText],
] as const;

describe('a JSON string', () => {
  it.each(texts)('of %s is what JSON.stringify writes, and free of control characters', (_what, some) => {
    fc.assert(
      fc.property(some, (text) => {
        expect(quote(text)).toBe(expected(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each(texts)('of the bytes of %s is that of the text', (_what, some) => {
    fc.assert(
      fc.property(some, (text) => {
        const bytes = Buffer.from(text);
        expect(encodeData({ payload: bytes })).toBe(
          `{"payload":${expected(bytes.toString())},"payloadEncoding":"utf8"}`,
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([1_000, 100_000])('grows with %i characters, each of which is escaped', (length) => {
    for (const unit of ['\u0001', '"', '\u0085', '\u2029', '\ud800', '漢', '😀']) {
      const text = unit.repeat(length);
      expect(quote(text)).toBe(expected(text));
      expect(encodeData([Buffer.from(text)])).toBe(
        `[{"value":${expected(Buffer.from(text).toString())},"encoding":"utf8"}]`,
      );
    }
  });
});

describe('a JSON text', () => {
  it('is written beside another that is not ended', () => {
    const outer = new JsonText();
    outer.raw('[');
    outer.string('a'.repeat(5_000));
    expect(quote('b')).toBe('"b"');
    outer.raw(']');
    expect(outer.takeString()).toBe(`["${'a'.repeat(5_000)}"]`);
  });

  it('that was taken stays as it is', () => {
    const write = (text: string) => {
      const json = new JsonText();
      json.string(text);
      return json.take();
    };
    const [first, second] = [write('first'), write('other')];
    expect([first.toString(), second.toString()]).toStrictEqual(['"first"', '"other"']);
  });
});
