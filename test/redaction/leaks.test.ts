import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findLeaks, formsOf } from './leaks.ts';

const secret = 'Zq7!"x/+ hidden-in-here';
const formsIn = (text: string) => findLeaks({ s: secret }, { out: text }).map(({ form }) => form);

describe('the search for secrets', () => {
  it.each([
    ['text', secret],
    ['JSON', JSON.stringify({ a: secret })],
    ['URL', `https://h/?a=${encodeURIComponent(secret)}`],
    ['form', new URLSearchParams({ x: secret }).toString()],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ['HEXADECIMAL', Buffer.from(secret).toString('hex').toUpperCase()],
    ['bytes', `[${[...Buffer.from(`x${secret}`)].join(',')}]`],
    ['its beginning', `${secret.slice(0, 14)}...`],
    ['its end', `...${secret.slice(-14)}`],
  ])('finds %s', (form, text) => {
    expect(formsIn(`abc ${text} def`)).toContain(form);
  });

  it.each([['u:'], ['us:'], ['usr:'], ['user:'], ['']])('finds it in base64 behind "%s"', (before) => {
    const bytes = Buffer.from(`${before}${secret}; and more`);
    expect(formsIn(bytes.toString('base64')).some((form) => /^base64 /.test(form))).toBe(true);
    expect(formsIn(bytes.toString('base64url')).some((form) => /^base64url /.test(form))).toBe(true);
  });

  it('finds nothing if there is no secret', () => {
    expect(formsIn('Zq7! hidden elsewhere')).toEqual([]);
    expect(formsIn(gzipSync('x').toString('base64'))).toEqual([]);
  });

  it('has no form that could occur by chance', () => {
    for (const [, text] of formsOf(secret)) expect(text.length).toBeGreaterThanOrEqual(12);
  });
});
