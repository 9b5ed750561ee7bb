import { describe, expect, it } from 'vitest';
import { clipFields } from '../../src/log/format/clip-fields.ts';
import { createLogger } from '../../src/log/log.ts';

const long = 'x'.repeat(65_535);
const clipped = `${'x'.repeat(256)}… (65535 characters)`;

describe('the fields of a line', () => {
  it('that are short are not even copied', () => {
    const fields = { clientid: 'a', notes: [{ variable: 'x' }], ms: 1, err: new Error('x'), none: undefined };
    expect(clipFields(fields)).toBe(fields);
  });

  it.each([
    ['a text', { clientid: long }, { clientid: clipped }],
    ['a text in a list of mappings', { notes: [{ reason: long }] }, { notes: [{ reason: clipped }] }],
    ['a text in a mapping', { a: { b: long } }, { a: { b: clipped } }],
    ['a long list', { a: Array(100).fill(1) }, { a: [...Array(64).fill(1), '… 36 more'] }],
    ['bytes', { payload: new Uint8Array(1000) }, { payload: '(1000 bytes)' }],
    ['the name of a field', { [long]: 1 }, { [clipped]: 1 }],
  ])('are cut: %s', (_, fields, expected) => {
    expect(clipFields(fields)).toEqual(expected);
  });

  it('are cut where there are too many of them, or where they are too deep', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i]));
    expect(Object.keys(clipFields(many))).toHaveLength(65);
    let deep: Record<string, unknown> = {};
    for (let i = 0; i < 100; i++) deep = { deep };
    expect(JSON.stringify(clipFields(deep)).length).toBeLessThan(100);
  });
});

describe.each(['json', 'google', 'pretty'] as const)('a line in %s', (format) => {
  const linesOf = async (write: (log: Awaited<ReturnType<typeof createLogger>>) => void) => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    write(await createLogger({ level: 'trace', format, env: {} }, stream));
    return lines.join('');
  };

  it('is short, whatever its values, its text and its error are', async () => {
    const control = '\u0001'.repeat(65_535);
    const error = new Error(control, { cause: new Error(control) });
    const text = await linesOf((log) => log.error({ clientid: control, err: error, a: [control] }, control));
    expect(text.length).toBeLessThan(80_000);
    expect(text).toContain('65535 characters');
  });

  it('keeps the frames of a stack below a long text', async () => {
    const text = await linesOf((log) => log.error({ err: new Error(long) }, 'failed'));
    expect(text).toContain('clip-fields.test.ts');
  });

  it('shows nothing that a terminal obeys or nobody sees, in any place', async () => {
    const hostile = 'a\u001b[2J\u009b2J\u202e\u200b\u2028\u0085b';
    const error = Object.assign(new Error(hostile), { code: hostile });
    error.stack = `Error: ${hostile}\n    at ${hostile}`;
    const text = await linesOf((log) => {
      log.warn({ [hostile]: hostile, node: hostile, notes: [{ reason: hostile }], err: error }, hostile);
    });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    if (format !== 'pretty') expect(JSON.parse(text).node).toBe(hostile);
  });
});
