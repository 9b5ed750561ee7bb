import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../web/inspector/call/diff.ts';
import { hexDump } from '../../../web/inspector/call/hex.ts';

const marks = { same: ' ', gone: '-', new: '+' } as const;
const show = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => marks[kind] + text);

describe('two texts', () => {
  it.each([
    ['are the same', 'a\nb', 'a\nb', [' a', ' b']],
    ['differ in a line', 'a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
    ['have lines that came at both ends', 'b', 'a\nb\nc', ['+a', ' b', '+c']],
    ['have nothing in common', 'a', 'b', ['-a', '+b']],
  ])('%s', (_, before, after, lines) => {
    expect(show(before, after)).toStrictEqual(lines);
  });

  it('can both be read from their difference', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (old, young) => {
        const lines = diffLines(old.join('\n'), young.join('\n'));
        expect(lines.filter(({ kind }) => kind !== 'new').map((line) => line.text)).toStrictEqual(old);
        expect(lines.filter(({ kind }) => kind !== 'gone').map((line) => line.text)).toStrictEqual(young);
      }),
    );
  });

  it('are shown whole when they are too long to be compared', () => {
    const long = Array.from({ length: 500 }, (_, i) => i).join('\n');
    expect(diffLines(long, 'a')).toHaveLength(501);
  });
});

describe('bytes', () => {
  it('are shown with their offset and what is printable of them', () => {
    const bytes = Buffer.from('Hello, world!\u0000\u00ff and more');
    expect(hexDump(bytes.toString('base64')).split('\n')).toStrictEqual([
      '000000  48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 00 c3 bf  Hello, world!...',
      `000010  ${'20 61 6e 64 20 6d 6f 72 65'.padEnd(47)}   and more`,
    ]);
  });

  it('are cut where nobody reads on', () => {
    const lines = hexDump(Buffer.alloc(20_000).toString('base64')).split('\n');
    expect(lines).toHaveLength(1025);
    expect(lines.at(-1)).toBe('… 3616 bytes more');
  });
});
