import { describe, expect, it } from 'vitest';
import type { CodecName } from '../../../src/payload/codecs/codec.ts';
import { bytesOf, hexOf, openByteCodec, problemOf, textBytes, textOf } from './support.ts';

describe.each<CodecName>(['base64', 'base64url', 'hex'])('%s', (name) => {
  it('gives back all bytes', async () => {
    const codec = await openByteCodec(name);
    for (const length of [0, 1, 2, 3, 4, 256]) {
      const bytes = Uint8Array.from({ length }, (_, i) => 255 - i);
      const text = codec.encode(bytes);
      expect(textOf(text)).toBe(Buffer.from(bytes).toString(name as BufferEncoding));
      expect(codec.decode(text)).toStrictEqual(bytes);
    }
  });

  it('has a limit', async () => {
    const codec = await openByteCodec(name, { maxBytes: 8 });
    expect(problemOf(() => codec.decode(new Uint8Array(9)))).toBe('too_large: is larger than 8 bytes');
    expect(problemOf(() => codec.encode(new Uint8Array(7)))).toBe('too_large: is larger than 8 bytes');
  });
});

describe('text that is decoded', () => {
  it.each<[CodecName, string, string]>([
    ['base64', '+/8=', 'fbff'],
    ['base64', '+/8', 'fbff'],
    ['base64url', '-_8', 'fbff'],
    ['base64url', '-_8=', 'fbff'],
    ['hex', 'FBff', 'fbff'],
    ['hex', '', ''],
  ])('of %s may be %j', async (name, text, hex) => {
    expect(hexOf((await openByteCodec(name)).decode(textBytes(text)))).toBe(hex);
  });

  it.each<[CodecName, string]>([
    ['base64', '-_8='],
    ['base64', '+/8=\n'],
    ['base64', '+/8=='],
    ['base64', '+/9='],
    ['base64', '+/=8'],
    ['base64', '='],
    ['base64', '===='],
    ['base64', 'A'],
    ['base64', 'AAAAA==='],
    ['base64', '+/8é'],
    ['base64', 'AA=A'],
    ['base64url', '+/8'],
    ['base64url', '-_9'],
    ['hex', 'f'],
    ['hex', 'fg'],
    ['hex', '0x00'],
    ['hex', 'ff ff'],
    ['hex', 'ff\u0130f'],
  ])('of %s may not be %j', async (name, text) => {
    const codec = await openByteCodec(name);
    expect(problemOf(() => codec.decode(textBytes(text)))).toBe(`malformed: is not ${name}`);
  });

  it('may be a view into other bytes', async () => {
    const codec = await openByteCodec('hex');
    expect(codec.encode(bytesOf('00ff00').subarray(1, 2))).toStrictEqual(textBytes('ff'));
  });
});
