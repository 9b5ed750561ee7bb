import { describe, expect, it } from 'vitest';
import { mediaTypeName, parseMediaType, withoutUtf8 } from '../../src/lib/media-type.ts';

const parsed = (text: string) => {
  const type = parseMediaType(text);
  return type && [type.name, Object.fromEntries(type.parameters)];
};

describe('a media type', () => {
  it.each<[string, string, Record<string, string>]>([
    ['text/plain', 'text/plain', {}],
    ['Text/PLAIN', 'text/plain', {}],
    [' text/plain\t', 'text/plain', {}],
    ['text/plain;charset=utf-8', 'text/plain', { charset: 'utf-8' }],
    ['text/plain; Charset=UTF-8', 'text/plain', { charset: 'UTF-8' }],
    ['text/plain ; charset=utf-8', 'text/plain', { charset: 'utf-8' }],
    ['text/plain\t;\tcharset=utf-8 ', 'text/plain', { charset: 'utf-8' }],
    ['text/plain; a="b"', 'text/plain', { a: 'b' }],
    ['text/plain; a="b c; d=e"; f=g', 'text/plain', { a: 'b c; d=e', f: 'g' }],
    ['text/plain; a="say \\"hi\\" \\\\"', 'text/plain', { a: 'say "hi" \\' }],
    ['text/plain; a=""', 'text/plain', { a: '' }],
    ['text/plain;', 'text/plain', {}],
    ['text/plain; ; a=b;;', 'text/plain', { a: 'b' }],
    ['text/plain; a=1; A=2', 'text/plain', { a: '1' }],
    ["application/vnd.a+json; q='x'", 'application/vnd.a+json', { q: "'x'" }],
    ["!#$%&'*+.^_`|~-/x", "!#$%&'*+.^_`|~-/x", {}],
  ])('%j is read', (text, name, parameters) => {
    expect(parsed(text)).toStrictEqual([name, parameters]);
    expect(mediaTypeName(text)).toBe(name);
  });

  it.each([
    '',
    'text',
    '/plain',
    'text/',
    'text /plain',
    'text/ plain',
    'text/plain charset=utf-8',
    'text/plain, text/html',
    'text/plain; a',
    'text/plain; a = b',
    'text/plain; a= b',
    'text/plain; =b',
    'text/plain; a="b',
    'text/plain; a="b"c',
    'text/plain; a="é"',
    'text/plain; a="b\n"',
    'text/plain\r\nx: y',
    'text/plain; a=b\r\nx: y',
    'tëxt/plain',
  ])('%j is not a media type', (text) => {
    expect(parsed(text)).toBeUndefined();
  });

  it('has a name though its parameters are wrong', () => {
    expect(mediaTypeName('application/json; charset')).toBe('application/json');
    expect(mediaTypeName('application/json, text/html')).toBe('');
  });

  it('is written without a charset that says UTF-8, and nothing else', () => {
    expect(withoutUtf8('application/JSON ; charset="UTF-8"')).toBe('application/json');
    expect(withoutUtf8('application/json; charset=latin1')).toBe('application/json; charset=latin1');
    expect(withoutUtf8('application/json; a=b')).toBe('application/json; a=b');
    expect(withoutUtf8('nonsense')).toBe('nonsense');
  });

  it('of a client takes linear time, however it is made', () => {
    for (const text of [
      `text/plain${' '.repeat(100_000)}x`,
      `text/plain${';'.repeat(100_000)}"`,
      `text/plain; a="${'\\a'.repeat(50_000)}`,
    ])
      expect(parsed(text)).toBeUndefined();
  });
});
