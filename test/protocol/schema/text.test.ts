import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TEXT_BYTES, MqttText, utf8Length } from '../../../src/protocol/schema/text.ts';

const characters = [
  ['a letter', 'a', 1],
  ['NUL', '\0', 1],
  ['the last of one byte', '\x7f', 1],
  ['the first of two bytes', '\x80', 2],
  ['the last of two bytes', '\u07ff', 2],
  ['the first of three bytes', '\u0800', 3],
  ['the last before the surrogates', '\ud7ff', 3],
  ['the first after the surrogates', '\ue000', 3],
  ['the last of three bytes', '\uffff', 3],
  ['the first pair of surrogates', '\u{10000}', 4],
  ['the last pair of surrogates', '\u{10ffff}', 4],
] as const;

describe('utf8Length', () => {
  it.each(characters)('counts %s', (_what, character, bytes) => {
    expect(utf8Length(character)).toBe(bytes);
    expect(utf8Length(character.repeat(3))).toBe(3 * bytes);
  });

  it("counts the same bytes as the platform's encoder", () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(fc.property(text, (value) => utf8Length(value) === Buffer.byteLength(value)));
  });
});

describe('MqttText', () => {
  it.each(characters)('takes 65,535 bytes of %s and not one more', (_what, character, bytes) => {
    const filler = 'x'.repeat(MAX_TEXT_BYTES % bytes);
    const longest = character.repeat(Math.floor(MAX_TEXT_BYTES / bytes)) + filler;
    expect(Buffer.byteLength(longest)).toBe(65_535);
    expect(MqttText.safeParse(longest).success).toBe(true);
    expect(MqttText.safeParse(`${longest}x`).success).toBe(false);
  });

  it('takes an empty string', () => {
    expect(MqttText.parse('')).toBe('');
  });

  it('says what is allowed, and cites the clause', () => {
    const { error } = MqttText.safeParse('x'.repeat(65_536));
    expect(error?.issues[0]?.message).toBe('must be at most 65535 bytes of UTF-8 (MQTT 5.0, section 1.5.4)');
  });
});
