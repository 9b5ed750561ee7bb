import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../src/payload/codecs/codec.ts';
import { bytesOf, hexOf, nested, openValueCodec, problemOf } from '../support.ts';

const msgpack = await openValueCodec('msgpack');
const decode = (hex: string) => msgpack.decode(bytesOf(hex));
const problem = (hex: string) => problemOf(() => decode(hex));

describe('MessagePack, decoded', () => {
  it.each<[hex: string, value: Value]>([
    ['c0', null],
    ['c2', false],
    ['c3', true],
    ['7f', 127],
    ['e0', -32],
    ['cc80', 128],
    ['cd0100', 256],
    ['ce00010000', 65536],
    ['cf0000000000000005', 5],
    ['cf001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['cf0020000000000000', 2n ** 53n],
    ['cfffffffffffffffff', 2n ** 64n - 1n],
    ['d0df', -33],
    ['d1ff7f', -129],
    ['d2ffff7fff', -32769],
    ['d3fffffffffffffffb', -5],
    ['d3ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['d3ffe0000000000000', -(2n ** 53n)],
    ['d38000000000000000', -(2n ** 63n)],
    ['ca3fc00000', 1.5],
    ['cb3ff199999999999a', 1.1],
    ['ca7fc00000', Number.NaN],
    ['a0', ''],
    ['a2c3a9', 'é'],
    ['d90161', 'a'],
    ['da000161', 'a'],
    ['db0000000161', 'a'],
    ['c403010203', bytesOf('010203')],
    ['c50001ff', bytesOf('ff')],
    ['c600000001ff', bytesOf('ff')],
    ['93010203', [1, 2, 3]],
    ['dc000101', [1]],
    ['dd0000000101', [1]],
    ['81a16101', { a: 1 }],
    ['de0001a16101', { a: 1 }],
    ['df00000001a16101', { a: 1 }],
    ['820102ff04', { 1: 2, '-1': 4 }],
    ['92cf000000000000000581a161cfffffffffffffffff', [5, { a: 2n ** 64n - 1n }]],
    ['81cfffffffffffffffff01', { '18446744073709551615': 1 }],
    ['d6ff6957361f', '2026-01-02T03:06:07Z'],
    ['d7ff000000006957361f', '2026-01-02T03:06:07Z'],
    ['c70cff1dcd6500000000006957361f', '2026-01-02T03:06:07.500Z'],
    ['c70cff00000000fffffff1868b8400', '0000-01-01T00:00:00Z'],
    // Extension types are their bytes.
    ['d40100', bytesOf('00')],
    ['d5fe0102', bytesOf('0102')],
    ['d8050102030405060708090a0b0c0d0e0f10', bytesOf('0102030405060708090a0b0c0d0e0f10')],
    ['c70001', bytesOf('')],
    ['c8000102ff', bytesOf('ff')],
    ['c90000000103aa', bytesOf('aa')],
    // A float of 32 bits is the number that people wrote.
    ['ca3dcccccd', 0.1],
    ['cac1abd70a', -21.48],
    ['d7ff000000040000000000', 'malformed'],
  ])('%s is read', (hex, value) => {
    if (value === 'malformed') expect(problem(hex)).toContain('malformed: ');
    else expect(decode(hex)).toStrictEqual(value);
  });

  it.each([
    ['', 'malformed: ends too early'],
    ['cd01', 'malformed: ends too early'],
    ['a261', 'malformed: ends too early'],
    ['9201', 'malformed: ends too early'],
    ['81a161', 'malformed: ends too early'],
    ['d6ff0000', 'malformed: ends too early'],
    ['0000', 'malformed: has data after its end'],
    ['c1', 'malformed: has a type byte that is never used'],
    ['a2c328', 'malformed: has text that is not valid UTF-8'],
    ['81a1ff01', 'malformed: has text that is not valid UTF-8'],
    ['82a16101a16102', 'malformed: has a map with a duplicate key'],
    ['820102a13103', 'malformed: has a map with a duplicate key'],
    ['81a95f5f70726f746f5f5f80', 'unsupported: has a key "__proto__"'],
    ['81c001', 'unsupported: has a map with a key that is neither text nor an integer'],
    ['81c4016101', 'unsupported: has a map with a key that is neither text nor an integer'],
    ['81ca3fc0000001', 'unsupported: has a map with a key that is neither text nor an integer'],
    ['d401', 'malformed: ends too early'],
    ['c7020100', 'malformed: ends too early'],
    ['81d4010000', 'unsupported: has a map with a key that is neither text nor an integer'],
    ['d4ff00', 'malformed: has a timestamp of the wrong size'],
    ['c70cff3b9aca000000000000000000', 'malformed: has a timestamp with more than a second of nanoseconds'],
    ['c70cff000000007fffffffffffffff', 'unsupported: has a timestamp outside the years 0 to 9999'],
    ['c70cff00000000fffffff1868b83ff', 'unsupported: has a timestamp outside the years 0 to 9999'],
  ])('%j is refused: %s', (hex, expected) => {
    expect(problem(hex)).toBe(expected);
  });

  it('may be cut anywhere, and is refused there', () => {
    const whole = msgpack.encode({ a: [1.5, 'text', { b: Uint8Array.of(1, 2) }], c: -70000 });
    for (let length = 0; length < whole.length; length++)
      expect(problemOf(() => msgpack.decode(whole.subarray(0, length)))).toBe('malformed: ends too early');
  });
});

describe('the limits of MessagePack', () => {
  it.each([
    ['an array', 'ddffffffff'],
    ['a map', 'dfffffffff'],
  ])('end %s that announces billions of items', (_, head) => {
    expect(problem(`${head}00`)).toBe('too_many_items: has more than 100000 items');
  });

  it.each([
    ['an array within the limit', 'dcc350'],
    ['a map within the limit', 'dec350'],
    ['text', 'dbffffffff'],
    ['bytes', 'c6ffffffff'],
    ['an extension', 'c9ffffffffff'],
  ])('end %s that announces more than is there', (_, head) => {
    expect(problem(`${head}00`)).toBe('malformed: ends too early');
  });

  it.each([
    ['arrays', '91'],
    ['maps', '8100'],
    ['announced arrays', 'dd00000001'],
  ])('end nested %s', (_, open) => {
    expect(problem(nested(open, '', 200_000, '00'))).toBe('too_deep: nests deeper than 64 levels');
  });

  it('count items of all arrays together', () => {
    expect(problem(`92${`dcc350${'00'.repeat(50_000)}`.repeat(2)}`)).toBe(
      'too_many_items: has more than 100000 items',
    );
  });

  it('let a value through that is just as deep as they allow', () => {
    const deepest = nested('91', '', 64, '00');
    expect(hexOf(msgpack.encode(decode(deepest)))).toBe(deepest);
  });
});

describe('MessagePack, encoded', () => {
  it.each<[value: Value, written: string]>([
    [1763850000123, 'cf0000019aada716fb'],
    [-(2 ** 40), 'd3ffffff0000000000'],
    [[1763850000123, 2n ** 64n - 1n], '92cf0000019aada716fbcfffffffffffffffff'],
    [[5n, -(2n ** 63n), 1.5, 'é'], '94cf0000000000000005d38000000000000000cb3ff8000000000000a2c3a9'],
    [{ a: Uint8Array.of(1), b: [] }, '82a161c40101a16290'],
    [-0, '00'],
  ])('sample %# is written', (value, hex) => {
    expect(hexOf(msgpack.encode(value))).toBe(hex);
  });

  it('refuses what no payload may hold', () => {
    expect(problemOf(() => msgpack.encode(['a\ud800']))).toBe(
      'malformed: has text with an unpaired surrogate',
    );
    expect(problemOf(() => msgpack.encode(2n ** 64n))).toBe(
      'unsupported: has an integer of more than 64 bits',
    );
  });
});
