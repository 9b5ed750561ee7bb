import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isPrintable,
  printable,
  printableJson,
  printableLines,
  printablePainted,
  splitPrintable,
} from '../../src/lib/printable.ts';

/** What no terminal may get from a stranger. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom(
    '\u001b]0;owned\u0007',
    '\u009b2J',
    '\u202e',
    '\u2066',
    '\r\n',
    '\u2028',
    '\ud800',
    '\u200b',
  ),
);

describe('a text of a stranger', () => {
  it.each([
    ['C0 controls', 'a\u001b[2Jb\u0000', 'a\\x1b[2Jb\\x00'],
    ['line breaks and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['DEL and C1 controls', '\u007f\u009b2J\u0085', '\\x7f\\x9b2J\\x85'],
    ['bidirectional overrides and isolates', '\u202etxt\u2066', '\\u{202e}txt\\u{2066}'],
    ['zero-width characters', 'a\u200b\u200d\u2060\ufeffb', 'a\\u{200b}\\u{200d}\\u{2060}\\u{feff}b'],
    ['what looks like nothing', '\u3164\u034f\u00ad', '\\u{3164}\\u{34f}\\xad'],
    ['line and paragraph separators', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['tags and private characters', '\u{e0001}\ue000', '\\u{e0001}\\u{e000}'],
    ['half a character', '\ud800x', '\\u{d800}x'],
  ])('shows %s as escapes', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(isPrintable(text)).toBe(false);
  });

  it.each(['sensors/t1', 'ü é 日本', 'مرحبا', '😀'])('%j is shown as it is', (text) => {
    expect(printable(text)).toBe(text);
    expect(isPrintable(text)).toBe(true);
  });

  it('is never more than one line, and nothing in it is unseen', () => {
    fc.assert(fc.property(hostile, (text) => !unseen.test(printable(text))));
  });

  it('keeps its lines, and nothing else that is unseen, where lines are wanted', () => {
    expect(printableLines('a\nb\u009b\r\n')).toBe('a\nb\\x9b\\r\n');
  });

  it('keeps colours only where colours are ours', () => {
    expect(printablePainted('\u001b[1mbold\u001b[0m\u001b[2J\u001b]0;x\u0007')).toBe(
      '\u001b[1mbold\u001b[0m\\x1b[2J\\x1b]0;x\\x07',
    );
  });
});

describe('JSON for people', () => {
  it('means the same, and nothing in it is unseen', () => {
    fc.assert(
      fc.property(hostile, hostile, (key, text) => {
        const json = JSON.stringify({ [key]: [text] });
        const shown = printableJson(json);
        expect(shown).not.toMatch(unseen);
        expect(JSON.parse(shown)).toEqual(JSON.parse(json));
      }),
    );
  });

  it('keeps line breaks between its parts', () => {
    expect(printableJson('{\n  "a": "\u009b\u{e0001}"\n}\n')).toBe('{\n  "a": "\\u009b\\udb40\\udc01"\n}\n');
  });
});

describe('the parts of a text of a stranger', () => {
  it('together are the printable text, and tell its escapes from what only looks like one', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const text = `${a}\\x1b${b}`;
        const parts = splitPrintable(text);
        expect(parts.map((part) => part.text).join('')).toBe(printable(text));
        for (const { text: shown, isEscape } of parts)
          expect(isEscape ? /^\\/.test(shown) : !unseen.test(shown)).toBe(true);
      }),
    );
    expect(splitPrintable('\\x1b\u001b')).toStrictEqual([
      { text: '\\x1b', isEscape: false },
      { text: '\\x1b', isEscape: true },
    ]);
  });

  it('keep line breaks where they are wanted', () => {
    expect(splitPrintable('a\nb\u200b', true)).toStrictEqual([
      { text: 'a\nb', isEscape: false },
      { text: '\\u{200b}', isEscape: true },
    ]);
  });
});
