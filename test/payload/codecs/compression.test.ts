import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CodecName } from '../../../src/payload/codecs/codec.ts';
import { openByteCodec, problemOf, textBytes } from './support.ts';

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const TOO_LARGE = 'too_large: is larger than 1048576 bytes';

describe.each<[CodecName, (bytes: Uint8Array) => Uint8Array]>([
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate-raw', zlib.deflateRawSync],
])('%s', (name, compress) => {
  const malformed = `malformed: is not ${name}, or not all of it`;

  it('gives back all bytes', async () => {
    const codec = await openByteCodec(name);
    for (const length of [0, 1, 100, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * i) & 0xff);
      expect(Buffer.compare(codec.decode(codec.encode(bytes)), bytes)).toBe(0);
      expect(Buffer.compare(codec.decode(compress(bytes)), bytes)).toBe(0);
    }
  });

  it('is the same each time', async () => {
    const codec = await openByteCodec(name);
    expect(codec.encode(textBytes('again'))).toStrictEqual(codec.encode(textBytes('again')));
  });

  it('ends a bomb of zeros', async () => {
    const codec = await openByteCodec(name);
    const bomb = compress(new Uint8Array(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    expect(problemOf(() => codec.decode(bomb))).toBe(TOO_LARGE);
  });

  it('lets just as much through as the limit says', async () => {
    const codec = await openByteCodec(name);
    expect(codec.decode(compress(new Uint8Array(1024 * 1024))).length).toBe(1024 * 1024);
    expect(problemOf(() => codec.decode(compress(new Uint8Array(1024 * 1024 + 1))))).toBe(TOO_LARGE);
  });

  it('has the limit at both ends, in both directions', async () => {
    const codec = await openByteCodec(name, { maxBytes: 100 });
    expect(problemOf(() => codec.decode(new Uint8Array(101)))).toBe('too_large: is larger than 100 bytes');
    expect(problemOf(() => codec.encode(new Uint8Array(101)))).toBe('too_large: is larger than 100 bytes');
    const noise = Uint8Array.from({ length: 100 }, (_, i) => (i * 7919) % 251);
    expect(problemOf(() => codec.encode(noise))).toBe('too_large: is larger than 100 bytes');
  });

  it('is refused when it is cut, anywhere', async () => {
    const codec = await openByteCodec(name);
    const whole = compress(textBytes('some text, some text, some text'));
    for (let length = 0; length < whole.length; length++)
      expect(problemOf(() => codec.decode(whole.subarray(0, length)))).toBe(malformed);
  });

  it('is refused when something follows, or it is something else', async () => {
    const codec = await openByteCodec(name);
    const whole = compress(textBytes('text'));
    for (const tail of [[0], [0x1f], [0x1f, 0x8b, 8], [1, 2, 3]])
      expect(problemOf(() => codec.decode(join(whole, Uint8Array.from(tail))))).toMatch(/^malformed: /);
    expect(problemOf(() => codec.decode(textBytes('{"plain":"JSON"}')))).toBe(malformed);
  });
});

describe('gzip', () => {
  it('may have several members, which have one limit together', async () => {
    const codec = await openByteCodec('gzip');
    const member = zlib.gzipSync(textBytes('ab'));
    expect(codec.decode(join(member, member))).toStrictEqual(textBytes('abab'));
    const large = zlib.gzipSync(new Uint8Array(600_000));
    expect(problemOf(() => codec.decode(join(large, large)))).toBe(TOO_LARGE);
    expect(problemOf(() => codec.decode(join(...Array<Uint8Array>(500).fill(large))))).toBe(TOO_LARGE);
  });

  it('may have tens of thousands of members that hold nothing', async () => {
    const codec = await openByteCodec('gzip');
    const empty = zlib.gzipSync(new Uint8Array(0));
    expect(codec.decode(join(...Array<Uint8Array>(50_000).fill(empty)))).toHaveLength(0);
  });

  it('is checked by its checksum', async () => {
    const codec = await openByteCodec('gzip');
    const broken = Uint8Array.from(zlib.gzipSync(textBytes('text')));
    const last = broken.length - 8;
    broken[last] = (broken[last] ?? 0) ^ 1;
    expect(problemOf(() => codec.decode(broken))).toMatch(/^malformed/);
  });
});
