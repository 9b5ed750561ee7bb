import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeHex, utf8 } from '../../../src/policy/text/encoding.ts';

describe('decodeBase64', () => {
  it('decodes what Buffer encodes, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const padded = Buffer.from(bytes).toString('base64');
        expect(decodeBase64(padded)).toEqual(bytes);
        expect(decodeBase64(padded.replace(/=+$/, ''))).toEqual(bytes);
      }),
    );
  });

  it.each(['A', 'AAAAA', 'AA=', 'AAA==', 'A===', '=', 'AA-_', 'AA A', 'AAAA\n', 'AAAA===='])(
    'refuses %j',
    (text) => {
      expect(decodeBase64(text)).toBeUndefined();
    },
  );
});

describe('decodeHex', () => {
  it('decodes what Buffer encodes, in either case', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const hex = Buffer.from(bytes).toString('hex');
        expect(decodeHex(hex)).toEqual(bytes);
        expect(decodeHex(hex.toUpperCase())).toEqual(bytes);
      }),
    );
  });

  it.each(['', 'a', 'abc', '0x', 'zz', 'ab '])('refuses %j', (text) => {
    expect(decodeHex(text)).toBeUndefined();
  });
});

describe('utf8', () => {
  it('encodes text as UTF-8', () => {
    expect(utf8('ä')).toEqual(Uint8Array.of(0xc3, 0xa4));
  });
});
