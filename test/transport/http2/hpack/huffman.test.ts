import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompressionError } from '../../../../src/transport/http2/hpack/compression-error.ts';
import { decodeHuffman, huffmanLength, writeHuffman } from '../../../../src/transport/http2/hpack/huffman.ts';
import { codeLengths, EOS, huffmanCodes } from '../../../../src/transport/http2/hpack/huffman-code.ts';
import { hex } from './support.ts';

const codes = huffmanCodes();
const bitsOf = (symbol: number) =>
  (codes[symbol] as number).toString(2).padStart(codeLengths[symbol] as number, '0');
const octetsOf = (bits: string) =>
  Uint8Array.from(bits.match(/.{8}/g) ?? [], (octet) => Number.parseInt(octet, 2));
/** Filled with EOS's bits. */
const padded = (bits: string) => octetsOf(bits + '1'.repeat((8 - (bits.length % 8)) % 8));

const decode = (octets: Uint8Array) => decodeHuffman(octets, 0, octets.length);
const encode = (text: string) => {
  const octets = new Uint8Array(huffmanLength(text));
  expect(writeHuffman(octets, 0, text)).toBe(octets.length);
  return octets;
};

describe('the Huffman code', () => {
  /** Rows of RFC 7541, appendix B. */
  it.each([
    [0, '1111111111000'],
    [10, '111111111111111111111111111100'],
    [13, '111111111111111111111111111101'],
    [22, '111111111111111111111111111110'],
    [48, '00000'],
    [97, '00011'],
    [116, '01001'],
    [32, '010100'],
    [92, '1111111111111110000'],
    [195, '1111111111111110001'],
    [208, '1111111111111110010'],
    [255, '11111111111111111111101110'],
    [249, '1111111111111111111111111110'],
    [EOS, '111111111111111111111111111111'],
  ])('says %i as %s', (symbol, bits) => {
    expect(bitsOf(symbol)).toBe(bits);
  });

  it('is complete: each row of bits begins one code, and only one', () => {
    const share = codeLengths.reduce((sum, length) => sum + 2 ** -length, 0);
    expect(share).toBe(1);
    const all = codes.map((_, symbol) => bitsOf(symbol)).sort();
    for (const [at, bits] of all.entries()) expect(all[at + 1]?.startsWith(bits) ?? false).toBe(false);
  });
});

describe('a Huffman-coded string', () => {
  it.each([
    ['www.example.com', 'f1e3 c2e5 f23a 6ba0 ab90 f4ff'],
    ['no-cache', 'a8eb 1064 9cbf'],
    ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff'],
    ['', ''],
  ])('%j is as in the RFC, both ways', (text, octets) => {
    expect(Buffer.from(encode(text))).toStrictEqual(hex(octets));
    expect(decode(hex(octets))).toBe(text);
  });

  it('says each symbol, alone and behind each number of bits', () => {
    for (let symbol = 0; symbol < EOS; symbol++) {
      for (let before = 0; before < 8; before++) {
        const text = '0'.repeat(before) + String.fromCharCode(symbol);
        const octets = padded('00000'.repeat(before) + bitsOf(symbol));
        if (decode(octets) !== text) expect.fail(`${symbol} is not decoded behind ${before}`);
        if (!Buffer.from(octets).equals(encode(text)))
          expect.fail(`${symbol} is not encoded behind ${before}`);
      }
    }
  });

  it('is read back as it was written', () => {
    const octets = fc.array(fc.nat(255), { maxLength: 300 });
    fc.assert(
      fc.property(octets, (all) => {
        const text = String.fromCharCode(...all);
        expect(decode(encode(text))).toBe(text);
      }),
    );
  });

  it('may be longer than the buffer that is kept for the next', () => {
    const text = 'a'.repeat(200_000);
    expect(decode(encode(text))).toBe(text);
    expect(decode(encode('b'))).toBe('b');
  });

  it('may be padded with up to seven ones, and no more', () => {
    // 'a' has five bits: with three ones it is an octet.
    expect(decode(octetsOf('00011111'))).toBe('a');
    // '!' has ten bits, and five codes of five bits leave seven: those are all the padding.
    expect(decode(octetsOf(`${'00011'.repeat(5)}${'1'.repeat(7)}`))).toBe('aaaaa');
    expect(() => decode(octetsOf(`00011111${'1'.repeat(8)}`))).toThrow(CompressionError);
    expect(() => decode(octetsOf(`${bitsOf(38)}${'1'.repeat(8)}`))).toThrow(CompressionError);
    expect(() => decode(hex('ff'))).toThrow(CompressionError);
    expect(() => decode(hex('ffff'))).toThrow(CompressionError);
  });

  it.each(['00011000', '00011110', '00011011', '00011101'])('with the padding of %s is refused', (bits) => {
    expect(() => decode(octetsOf(bits))).toThrow(CompressionError);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7].map((before) => ['00000'.repeat(before)]))(
    'is rejected if it contains EOS, after %j',
    (before) => {
      expect(() => decode(padded(before + bitsOf(EOS)))).toThrow(CompressionError);
      expect(() => decode(padded(`${before}${bitsOf(EOS)}00000`))).toThrow(CompressionError);
    },
  );

  it('is not read beyond its end', () => {
    expect(decodeHuffman(octetsOf('0001111100000000'), 0, 1)).toBe('a');
  });

  it.each(['\u0100', 'ab\u010a', '\u{1f525}'])('rejects %j, which does not fit in an octet', (text) => {
    expect(() => huffmanLength(text)).toThrow(RangeError);
  });
});
