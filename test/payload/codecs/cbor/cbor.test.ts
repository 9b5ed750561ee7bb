import * as cbor2 from 'cbor2';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../src/payload/codecs/codec.ts';
import { bytesOf, hexOf, nested, openValueCodec, problemOf } from '../support.ts';

const cbor = await openValueCodec('cbor');
const decode = (hex: string) => cbor.decode(bytesOf(hex));
const problem = (hex: string) => problemOf(() => decode(hex));

describe('CBOR, decoded', () => {
  it.each<[hex: string, value: Value]>([
    // RFC 8949 appendix A.
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1000000],
    ['1b000000e8d4a51000', 1000000000000],
    ['1bffffffffffffffff', 18446744073709551615n],
    ['20', -1],
    ['3863', -100],
    ['3903e7', -1000],
    ['f90000', 0],
    ['f98000', -0],
    ['f93c00', 1],
    ['fb3ff199999999999a', 1.1],
    ['f93e00', 1.5],
    ['f97bff', 65504],
    ['fa47c35000', 100000],
    ['fa7f7fffff', 3.4028234663852886e38],
    ['fb7e37e43c8800759c', 1e300],
    ['f90001', 2 ** -24],
    ['f90400', 0.00006103515625],
    ['f9c400', -4],
    ['fbc010666666666666', -4.1],
    ['f97c00', Number.POSITIVE_INFINITY],
    ['f97e00', Number.NaN],
    ['faff800000', Number.NEGATIVE_INFINITY],
    ['fb7ff8000000000000', Number.NaN],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['f7', null],
    ['c249010000000000000000', 'unsupported'],
    ['c074323031332d30332d32315432303a30343a30305a', '2013-03-21T20:04:00Z'],
    ['c11a514b67b0', 1363896240],
    ['d74401020304', bytesOf('01020304')],
    ['d818456449455446', bytesOf('6449455446')],
    ['40', bytesOf('')],
    ['4401020304', bytesOf('01020304')],
    ['60', ''],
    ['6161', 'a'],
    ['62225c', '"\\'],
    ['62c3bc', 'ü'],
    ['63e6b0b4', '水'],
    ['64f0908591', '\u{10151}'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['a0', {}],
    ['a201020304', { 1: 2, 3: 4 }],
    ['a26161016162820203', { a: 1, b: [2, 3] }],
    ['5f42010243030405ff', bytesOf('0102030405')],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9fff', []],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['83018202039f0405ff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ['bf6346756ef563416d7421ff', { Fun: true, Amt: -2 }],
    // Longer than they need be.
    ['1b0000000000000001', 1],
    ['3b0000000000000000', -1],
    ['1b001fffffffffffff', 9007199254740991],
    ['1b0020000000000000', 9007199254740992n],
    ['3b001ffffffffffffe', -9007199254740991],
    ['3b001fffffffffffff', -9007199254740992n],
    ['3b7fffffffffffffff', -(2n ** 63n)],
    // Bignums.
    ['c240', 0],
    ['c2420100', 256],
    ['c2490001ffffffffffffff', 0x1ffffffffffffffn],
    ['c24a0000ffffffffffffffff', 18446744073709551615n],
    ['c3420100', -257],
    ['d9d9f7a0', {}],
    ['a12001', { '-1': 1 }],
  ])('%s is read', (hex, value) => {
    if (value === 'unsupported') expect(problem(hex)).toContain('unsupported: has an integer');
    else expect(decode(hex)).toStrictEqual(value);
  });

  it.each([
    ['', 'malformed: ends too early'],
    ['18', 'malformed: ends too early'],
    ['1b00000000', 'malformed: ends too early'],
    ['6261', 'malformed: ends too early'],
    ['8201', 'malformed: ends too early'],
    ['a16161', 'malformed: ends too early'],
    ['c2', 'malformed: ends too early'],
    ['9f01', 'malformed: ends too early'],
    ['0000', 'malformed: has data after its end'],
    ['62c328', 'malformed: has text that is not valid UTF-8'],
    [
      '781ac328616161616161616161616161616161616161616161616161',
      'malformed: has text that is not valid UTF-8',
    ],
    ['7f61c361bcff', 'malformed: has text that is not valid UTF-8'],
    ['1c', 'malformed: has a reserved length'],
    ['1f', 'malformed: has a reserved length'],
    ['df01', 'malformed: has a reserved length'],
    ['ff', 'malformed: has a misplaced break'],
    ['82ff', 'malformed: ends too early'],
    ['8201ff', 'malformed: has a misplaced break'],
    ['bf6161ff', 'malformed: has a misplaced break'],
    ['5f6161ff', 'malformed: has a chunk of another type'],
    ['7f7f6161ffff', 'malformed: has a chunk of another type'],
    ['f818', 'malformed: has a reserved simple value'],
    ['fc', 'malformed: has a reserved simple value'],
    ['e0', 'unsupported: has a simple value that is not false, true, null or undefined'],
    ['f8ff', 'unsupported: has a simple value that is not false, true, null or undefined'],
    ['3bffffffffffffffff', 'unsupported: has an integer of more than 64 bits'],
    ['c201', 'malformed: has a bignum that is not made of bytes'],
    ['a2616101616102', 'malformed: has a map with a duplicate key'],
    ['a2010261310a', 'malformed: has a map with a duplicate key'],
    ['a1695f5f70726f746f5f5fa0', 'unsupported: has a key "__proto__"'],
    ['a1410101', 'unsupported: has a map with a key that is neither text nor an integer'],
    ['a1f501', 'unsupported: has a map with a key that is neither text nor an integer'],
    ['a1c16001', 'unsupported: has a map with a key that is neither text nor an integer'],
  ])('%j is refused: %s', (hex, expected) => {
    expect(problem(hex)).toContain(expected);
  });

  it('may be cut anywhere, and is refused there', () => {
    const whole = cbor.encode({ a: [1.5, 'text', { b: Uint8Array.of(1, 2) }], c: -70000 });
    for (let length = 0; length < whole.length; length++)
      expect(problemOf(() => cbor.decode(whole.subarray(0, length)))).toBe('malformed: ends too early');
  });
});

describe('the limits of CBOR', () => {
  it.each([
    ['an array', '9b7fffffffffffffff'],
    ['a map', 'bb7fffffffffffffff'],
    ['an array of 32 bits', '9affffffff'],
    ['a map of 32 bits', 'baffffffff'],
  ])('end %s that announces billions of items', (_, head) => {
    expect(problem(`${head}00`)).toBe('too_many_items: has more than 100000 items');
  });

  it.each([
    ['an array within the limit', '99c350'],
    ['a map within the limit', 'b9c350'],
    ['text', '7b7fffffffffffffff'],
    ['text of 32 bits', '7affffffff'],
    ['bytes', '5b7fffffffffffffff'],
    ['bytes of 32 bits', '5affffffff'],
  ])('end %s that announces more than is there', (_, head) => {
    expect(problem(`${head}00`)).toBe('malformed: ends too early');
  });

  it('end many arrays that announce much each', () => {
    // Each inner array announces all the bytes that follow.
    expect(problem(`98c8${'99012c'.repeat(200)}${'00'.repeat(300)}`)).toMatch(/too_deep|ends too early/);
  });

  it.each([
    ['arrays', '81', '00'],
    ['maps', 'a100', '00'],
    ['indefinite arrays', '9f', ''],
    ['indefinite maps', 'bf00', ''],
    ['tags', 'c1', '00'],
    ['bignums', 'c2', '40'],
  ])('end nested %s', (_, open, inside) => {
    expect(problem(nested(open, '', 300_000, inside))).toBe('too_deep: nests deeper than 64 levels');
  });

  it('end indefinite arrays and maps of too many items', () => {
    expect(problem(`9f${'00'.repeat(200_000)}ff`)).toBe('too_many_items: has more than 100000 items');
    const entries = Array.from({ length: 100_001 }, (_, i) => `${hexOf(cbor.encode(i))}00`).join('');
    expect(problem(`bf${entries}ff`)).toBe('too_many_items: has more than 100000 items');
  });

  it('count items of all arrays together', () => {
    expect(problem(`82${`99c350${'00'.repeat(50_000)}`.repeat(2)}`)).toBe(
      'too_many_items: has more than 100000 items',
    );
  });

  it('apply to encoded values', async () => {
    const ten = await openValueCodec('cbor', { maxBytes: 10, maxDepth: 2, maxItems: 3 });
    expect(problemOf(() => ten.encode('1234567890'))).toBe('too_large: is larger than 10 bytes');
    expect(problemOf(() => ten.encode([[[]]]))).toBe('too_deep: nests deeper than 2 levels');
    expect(problemOf(() => ten.encode([1, 2, 3, 4]))).toBe('too_many_items: has more than 3 items');
  });
});

describe('CBOR, encoded', () => {
  const samples: Value[] = [
    [0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER],
    [-1, -24, -25, -256, -257, -65536, -65537, -(2 ** 32), Number.MIN_SAFE_INTEGER],
    [2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), 5n, -5n],
    [
      0.5,
      1.1,
      1e300,
      Math.fround(0.1),
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      2 ** 60,
    ],
    ['', 'a', 'é', '🔥', 'x'.repeat(23), 'x'.repeat(24), 'é'.repeat(20), 'x'.repeat(70000)],
    { a: { b: [null, true, false] }, bytes: new Uint8Array(300), empty: new Uint8Array(0), '': [] },
  ];

  it.each(samples.map((value, i) => [i, value] as const))(
    'sample %s is read back, and by another implementation',
    (_, value) => {
      const bytes = cbor.encode(value);
      const normal = (item: unknown): unknown => (item === 5n ? 5 : item === -5n ? -5 : item);
      const expected = Array.isArray(value) ? value.map(normal) : value;
      expect(cbor.decode(bytes)).toStrictEqual(expected);
      expect(cbor2.decode(bytes)).toStrictEqual(expected);
    },
  );

  it.each<[value: Value, written: string]>([
    [-0, '00'],
    [1.5, 'fa3fc00000'],
    [1.1, 'fb3ff199999999999a'],
    [{ b: 1, a: 2 }, 'a2616201616102'],
    [2 ** 33, '1b0000000200000000'],
  ])('sample %# is written', (value, hex) => {
    expect(hexOf(cbor.encode(value))).toBe(hex);
  });

  it('shares no bytes with its source', () => {
    const bytes = cbor.encode('abc');
    expect(bytes.byteOffset).toBe(0);
    expect(bytes.buffer.byteLength).toBe(4);
  });
});
