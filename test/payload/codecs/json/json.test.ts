import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../src/payload/codecs/codec.ts';
import { nested, openValueCodec, problemOf, textBytes, textOf } from '../support.ts';

const json = await openValueCodec('json');
const decode = (text: string) => json.decode(textBytes(text));
const encode = (value: Value) => textOf(json.encode(value));
const problem = (text: string) => problemOf(() => decode(text));

describe('JSON, decoded', () => {
  it('is what JSON.parse gives', () => {
    const text = ' {"a":[1,-2.5e3,true,false,null,"é\\u0041\\n"],"":{},"b":[]} ';
    expect(decode(text)).toStrictEqual(JSON.parse(text));
  });

  it.each<[string, Value]>([
    ['1', 1],
    ['"x"', 'x'],
    ['["__proto__","______________"]', ['__proto__', '______________']],
    ['null', null],
    ['-0', -0],
    ['[]', []],
    ['1e3', 1000],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', 9007199254740992n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['18446744073709551615', 2n ** 64n - 1n],
    ['0.30000000000000004', 0.30000000000000004],
    ['1234567890.12345678901234567890', 1234567890.1234567],
    ['12345678901234567890.5', Number('12345678901234567890.5')],
    ['1e18', 1e18],
    // Beyond 64 bits it is most likely a floating point number.
    ['18446744073709551616', 2 ** 64],
    ['100000000000000000000', 1e20],
    ['-9223372036854775809', -(2 ** 63)],
  ])('%s is read', (text, value) => {
    expect(decode(text)).toStrictEqual(value);
  });

  it('keeps integers of 64 bits, wherever they are', () => {
    const text =
      ' { "a" : [ 9007199254740993 , { } , [ ] , "\\"9007199254740993\\\\" , -1 , true, false,null ] ,\n"b\\u00e9":{"c":-9007199254740993}, "d": 1.5E+2 }';
    expect(decode(text)).toStrictEqual({
      a: [9007199254740993n, {}, [], '"9007199254740993\\', -1, true, false, null],
      bé: { c: -9007199254740993n },
      d: 150,
    });
  });

  it.each([
    ['', 'malformed: is not JSON'],
    ['{', 'malformed: is not JSON: wrong at character 1'],
    ['[1,]', 'malformed: is not JSON'],
    ['{"a":1}x', 'malformed: is not JSON: wrong at character 7'],
    ["{'a':1}", 'malformed: is not JSON: wrong at character 1'],
    ['NaN', 'malformed: is not JSON'],
    ['[Infinity]', 'malformed: is not JSON'],
    ['01', 'malformed: is not JSON'],
    ['"\u0001"', 'malformed: is not JSON'],
    ['{"a":1,"a":2}', 'malformed: has a map with a duplicate key'],
    ['[{"a":1,"\\u0061":9007199254740993}]', 'malformed: has a map with a duplicate key'],
    ['{"__proto__":{"admin":true}}', 'unsupported: has a key "__proto__"'],
    ['[{"b":[{"a":{},"c":1,"a":[]}]}]', 'malformed: has a map with a duplicate key'],
    ['[{"b":{"__proto__":1}}]', 'unsupported: has a key "__proto__"'],
    ['{"\\u005f_proto__":1}', 'unsupported: has a key "__proto__"'],
    ['{"__proto\\u005f_":1}', 'unsupported: has a key "__proto__"'],
    ['{"\\u005f_proto__":1,"a":9007199254740993}', 'unsupported: has a key "__proto__"'],
    ['1e400', 'unsupported: has a number that is too large'],
    ['9'.repeat(400), 'unsupported: has a number that is too large'],
    ['"\\ud800"', 'malformed: has text with an unpaired surrogate'],
    ['{"\\udc00":1}', 'malformed: has text with an unpaired surrogate'],
    ['\ufeff{}', 'malformed: begins with a byte order mark, which JSON does not allow'],
  ])('sample %# is refused', (text, expected) => {
    expect(problem(text)).toContain(expected);
  });

  it.each([
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['half a character', [0x22, 0xe2, 0x82, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['Latin-1', [0x22, 0xe9, 0x22]],
    ['UTF-16', [0x22, 0x00, 0x61, 0x00, 0xff]],
  ])('refuses %s for UTF-8', (_, bytes) => {
    expect(problemOf(() => json.decode(Uint8Array.from(bytes)))).toMatch(/not valid UTF-8|not JSON/);
  });

  it('does not quote the payload', () => {
    expect(problem('{"password": hunter2}')).not.toMatch(/hunter2|password/);
  });

  it('pollutes no prototype', () => {
    problem('{"__proto__":{"polluted":1}}');
    expect(decode('{"constructor":{"prototype":{"polluted":1}}}')).toEqual({
      constructor: { prototype: { polluted: 1 } },
    });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('the limits of JSON', () => {
  it.each([
    ['arrays', '[', ']', ''],
    ['objects', '{"a":', '}', '1'],
  ])('hold for nested %s', async (_, open, close, inside) => {
    const three = await openValueCodec('json', { maxDepth: 3 });
    expect(three.decode(textBytes(nested(open, close, 3, inside)))).toBeTypeOf('object');
    expect(problemOf(() => three.decode(textBytes(nested(open, close, 4, inside))))).toBe(
      'too_deep: nests deeper than 3 levels',
    );
  });

  it('do not take brackets in text for nesting, nor commas for items', async () => {
    const small = await openValueCodec('json', { maxDepth: 1, maxItems: 1 });
    expect(small.decode(textBytes('["[[{{,,::\\"]]\\\\"]'))).toStrictEqual(['[[{{,,::"]]\\']);
  });

  it('end a bomb of brackets before it is parsed', () => {
    expect(problem('['.repeat(1_000_000))).toBe('too_deep: nests deeper than 64 levels');
    expect(problem('{"a":'.repeat(200_000))).toBe('too_deep: nests deeper than 64 levels');
  });

  it('end a bomb of items before it is parsed', () => {
    expect(problem(`[${'1,'.repeat(500_000)}1]`)).toBe('too_many_items: has more than 100000 items');
    expect(problem(`[${'[],'.repeat(300_000)}1]`)).toBe('too_many_items: has more than 100000 items');
  });

  it('count items exactly', async () => {
    const five = await openValueCodec('json', { maxItems: 5 });
    expect(five.decode(textBytes('{"a":[1,2],"b":[[]]}'))).toBeTypeOf('object');
    expect(problemOf(() => five.decode(textBytes('{"a":[1,2],"b":[[3]]}')))).toBe(
      'too_many_items: has more than 5 items',
    );
  });

  it('apply to bytes, both decoded and encoded', async () => {
    const ten = await openValueCodec('json', { maxBytes: 10 });
    expect(ten.decode(textBytes('"12345678"'))).toBe('12345678');
    expect(problemOf(() => ten.decode(textBytes('"123456789"')))).toBe('too_large: is larger than 10 bytes');
    expect(problemOf(() => ten.encode('123456789'))).toBe('too_large: is larger than 10 bytes');
    expect(problemOf(() => ten.encode('\n'.repeat(10)))).toBe('too_large: is larger than 10 bytes');
    expect(problemOf(() => ten.encode(new Uint8Array(8)))).toBe('too_large: is larger than 10 bytes');
  });
});

describe('JSON, encoded', () => {
  it.each<[value: Value, written: string]>([
    [{ a: [1, 'é', null, true] }, '{"a":[1,"é",null,true]}'],
    [-0, '0'],
    [2n ** 64n - 1n, '18446744073709551615'],
    [{ a: 5n, b: ['x', { c: -(2n ** 63n) }] }, '{"a":5,"b":["x",{"c":-9223372036854775808}]}'],
    [Uint8Array.from([0xfb, 0xff, 0]), '"+/8A"'],
    [{ 'k"': [Buffer.from('hi'), null, 1.5] }, '{"k\\"":["aGk=",null,1.5]}'],
    [{ toJSON: 'not a function' }, '{"toJSON":"not a function"}'],
  ])('sample %# is written', (value, text) => {
    expect(encode(value)).toBe(text);
  });

  it.each<[string, unknown, string]>([
    ['NaN', [Number.NaN], 'unsupported: has NaN or an infinity, which JSON does not allow'],
    [
      'an infinity',
      { a: Number.NEGATIVE_INFINITY },
      'unsupported: has NaN or an infinity, which JSON does not allow',
    ],
    ['half a surrogate pair', ['a\ud800'], 'malformed: has text with an unpaired surrogate'],
    ['half a pair in a key', { '\udc00': 1 }, 'malformed: has text with an unpaired surrogate'],
    ['undefined', { a: undefined }, 'unsupported: has a value of the type undefined'],
    ['a function', [() => 1], 'unsupported: has a value of the type function'],
    ['a date', [new Date(0)], 'unsupported: has an object that is not plain'],
    ['a map', new Map(), 'unsupported: has an object that is not plain'],
    ['a key __proto__', JSON.parse('{"__proto__":1}'), 'unsupported: has a key "__proto__"'],
    ['65 bits', 2n ** 64n, 'unsupported: has an integer of more than 64 bits'],
    ['65 bits below zero', -(2n ** 63n) - 1n, 'unsupported: has an integer of more than 64 bits'],
  ])('refuses %s', (_, value, expected) => {
    expect(problemOf(() => json.encode(value as Value))).toBe(expected);
  });

  it('refuses what holds itself', () => {
    const cycle: Record<string, Value> = {};
    cycle.self = cycle;
    expect(problemOf(() => json.encode(cycle))).toBe('too_deep: nests deeper than 64 levels');
  });
});
