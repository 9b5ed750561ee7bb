/** A rewrite leaves untouched parts unchanged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value, ValueCodec } from '../../../src/payload/codecs/codec.ts';
import { type Path, parsePath, removePath, writePath } from '../../../src/policy/messages/path.ts';
import { anyJson, anyValue } from './arbitrary-value.ts';
import { bytesOf, hexOf, openValueCodec, problemOf, textBytes, textOf } from './support.ts';

const codecs = {
  cbor: await openValueCodec('cbor'),
  msgpack: await openValueCodec('msgpack'),
  json: await openValueCodec('json'),
};

type Change = (value: Value) => Value;

const path = (source: string) => parsePath(source) as Path;
const set =
  (at: string, to: Value): Change =>
  (value) =>
    writePath(value, path(at), to);
const remove =
  (at: string): Change =>
  (value) =>
    removePath(value, path(at));
const all =
  (...changes: Change[]): Change =>
  (value) =>
    changes.reduce((changed, change) => change(changed), value);

function rewritten(codec: ValueCodec, bytes: Uint8Array, change: Change): Uint8Array {
  const { value, rewrite = codec.encode } = codec.read?.(bytes) ?? { value: codec.decode(bytes) };
  return rewrite(change(value));
}

describe('a rewrite of MessagePack keeps', () => {
  it.each<[what: string, before: string, change: Change, after: string]>([
    ['an extension type', '82a161d6050102030 4a16201', set('b', 2), '82a161d60501020304a16202'],
    ['an extension in a list', '81a16193c70105ff0102', set('a[2]', 3), '81a16193c70105ff0103'],
    ['an empty extension', '81a161c70005', set('b', 2), '82a161c70005a16202'],
    ['a timestamp of 32 bits', '81a174d6ff6957361f', set('b', 2), '82a174d6ff6957361fa16202'],
    [
      'a timestamp of 96 bits',
      '81a174c70cff1dcd6500000000006957361f',
      set('b', 2),
      '82a174c70cff1dcd6500000000006957361fa16202',
    ],
    [
      'a float that is an integer',
      '82a174cb404e000000000000a16201',
      set('b', 2),
      '82a174cb404e000000000000a16202',
    ],
    ['a float of 32 bits', '82a174ca3dcccccda16201', set('b', 2), '82a174ca3dcccccda16202'],
    ['minus zero', '82a174cb8000000000000000a16201', set('b', 2), '82a174cb8000000000000000a16202'],
    ['the bits of NaN', '82a174ca7fc00001a16201', set('b', 2), '82a174ca7fc00001a16202'],
    ['the width of an integer', '82a174cd0005a16201', set('b', 2), '82a174cd0005a16202'],
    [
      'an integer of 64 bits',
      '82a174cfffffffffffffffffa16201',
      set('b', 2),
      '82a174cfffffffffffffffffa16202',
    ],
    ['an integer below -2^53', '82a174d38000000000000001a16201', remove('b'), '81a174d38000000000000001'],
    ['integer keys', '8201cb404e00000000000002 03', set('["2"]', 4), '8201cb404e0000000000000204'],
    ['integer keys, and gives new ones', '8101a161', set('["7"]', 4), '8201a1610704'],
    ['text keys of digits', '81a13101', set('["2"]', 4), '82a13101a13204'],
    ['the order of keys of digits', '83a1310aa16105a13007', set('a', 6), '83a1310aa16106a13007'],
    ['what is deep', '81a16181a16292ca3dcccccd01', set('a.b[1]', 2), '81a16181a16292ca3dcccccd02'],
    [
      'the rest of a list',
      '93ca3dcccccdd40500cb404e000000000000',
      remove('[0]'),
      '92d40500cb404e000000000000',
    ],
    [
      'what was moved',
      '81a16181a178d6050102030 4',
      (value) => ({ b: (value as { a: Value }).a }),
      '81a16281a178d60501020304',
    ],
    [
      'what is taken out of its wrapping',
      '81a16182a178d40500a17901',
      (value) => (value as { a: Value }).a,
      '82a178d40500a17901',
    ],
    [
      'an extension that was copied',
      '81a161d40500',
      (value) => ({ ...(value as object), b: (value as { a: Value }).a }),
      '82a161d40500a162d40500',
    ],
  ])('%s', (_, before, change, after) => {
    expect(hexOf(rewritten(codecs.msgpack, bytesOf(before), change))).toBe(after.replaceAll(' ', ''));
  });

  it('its form when a map grows beyond 15 and 65,535 entries', () => {
    const map = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`k${i}`, i]));
    for (const more of [1, 70_000]) {
      const added = Array.from({ length: more }, (_, i) => i);
      const changed = { ...map, list: added };
      const bytes = rewritten(codecs.msgpack, codecs.msgpack.encode(map), () => changed);
      expect(codecs.msgpack.decode(bytes)).toStrictEqual(changed);
    }
  });
});

describe('a rewrite of CBOR keeps', () => {
  it.each<[what: string, before: string, change: Change, after: string]>([
    ['an unknown tag', 'a26161d9123443010203616201', set('b', 2), 'a26161d9123443010203616202'],
    [
      'a date',
      'a26161c074323031332d30332d32315432303a30343a30305a616201',
      set('b', 2),
      'a26161c074323031332d30332d32315432303a30343a30305a616202',
    ],
    ['the tag of the whole', 'd9d9f7a1616201', set('b', 2), 'd9d9f7a1616202'],
    ['tags around a map that is changed', 'a16161d864d865a1616201', set('a.b', 2), 'a16161d864d865a1616202'],
    ['a bignum', 'a26161c2420100616201', set('b', 2), 'a26161c2420100616202'],
    ['a decimal fraction', 'a26161c48221196ab3616201', set('b', 2), 'a26161c48221196ab3616202'],
    ['undefined', 'a26161f7616201', set('b', 2), 'a26161f7616202'],
    [
      'lengths that are not known before',
      'bf61619f01fa3dcccccdff616201ff',
      set('b', 2),
      'bf61619f01fa3dcccccdff616202ff',
    ],
    ['a list without a length that is changed', 'a161619f010203ff', remove('a[1]'), 'a161619f0103ff'],
    ['text in chunks', 'a261617f61616162ff616201', set('b', 2), 'a261617f61616162ff616202'],
    ['bytes in chunks', 'a261615f41014102ff616201', set('b', 2), 'a261615f41014102ff616202'],
    ['a float of 16 bits', 'a26161f93e00616201', set('b', 2), 'a26161f93e00616202'],
    ['a float of 32 bits', 'a26161fa3dcccccd616201', set('b', 2), 'a26161fa3dcccccd616202'],
    ['a float that is an integer', 'a26161fb404e000000000000616201', remove('b'), 'a16161fb404e000000000000'],
    [
      'an integer of 64 bits',
      'a261611bffffffffffffffff616201',
      set('b', 2),
      'a261611bffffffffffffffff616202',
    ],
    ['a length longer than need be', 'a26161190005616201', set('b', 2), 'a26161190005616202'],
    ['integer keys', 'a201fb404e0000000000002003', set('["-1"]', 4), 'a201fb404e0000000000002004'],
    ['integer keys, and gives new ones', 'a1016161', set('["-7"]', 4), 'a20161612604'],
    [
      'a tag of what was moved',
      'a16161d864a1617801',
      (value) => ({ b: (value as { a: Value }).a }),
      'a16162d864a1617801',
    ],
    ['no tag of what is replaced', 'a16161c11a514b67b0', set('a', 'now'), 'a16161636e6f77'],
  ])('%s', (_, before, change, after) => {
    expect(hexOf(rewritten(codecs.cbor, bytesOf(before), change))).toBe(after);
  });
});

describe('a rewrite of JSON keeps', () => {
  it.each<[what: string, before: string, change: Change, after: string]>([
    ['a float that is an integer', '{"a": 60.0, "b": 1}', set('b', 2), '{"a":60.0,"b":2}'],
    ['exponents', '{"a":[1e3,1E+3,-2.50e-7],"b":1}', set('b', 2), '{"a":[1e3,1E+3,-2.50e-7],"b":2}'],
    ['minus zero', '{"a":-0,"b":1}', set('b', 2), '{"a":-0,"b":2}'],
    ['an integer beyond 2^53', '{"a":9007199254740993,"b":1}', set('b', 2), '{"a":9007199254740993,"b":2}'],
    [
      'an integer beyond 2^64',
      '{"a":123456789012345678901234567890,"b":1}',
      remove('b'),
      '{"a":123456789012345678901234567890}',
    ],
    [
      'more digits than a number has',
      '{"a":0.12345678901234567890,"b":1}',
      set('b', 2),
      '{"a":0.12345678901234567890,"b":2}',
    ],
    ['numbers behind one that was taken out', '{"a":[1.0,2.0,3.0]}', remove('a[0]'), '{"a":[2.0,3.0]}'],
    [
      'numbers in a list that is changed',
      '{"a":[1.0,2.0,{"x":3.0,"y":1}]}',
      set('a[2].y', 2),
      '{"a":[1.0,2.0,{"x":3.0,"y":2}]}',
    ],
    ['what was moved', '{"a":{"x":60.0}}', (value) => ({ b: (value as { a: Value }).a }), '{"b":{"x":60.0}}'],
    [
      'what is taken out of its wrapping',
      '{"a":{"x":60.0}}',
      (value) => (value as { a: Value }).a,
      '{"x":60.0}',
    ],
    [
      'several at once',
      '{"a":1.0,"b":[2.0],"c":3.0}',
      all(set('a', 1.5), set('b[0]', 2), set('d', 7)),
      '{"a":1.5,"b":[2.0],"c":3.0,"d":7}',
    ],
  ])('%s', (_, before, change, after) => {
    expect(textOf(rewritten(codecs.json, textBytes(before), change))).toBe(after);
  });

  it('nothing else: other texts are written in the shortest form', () => {
    expect(textOf(rewritten(codecs.json, textBytes('{ "a": "1.0", "b": 1.5 }'), set('c', 2)))).toBe(
      '{"a":"1.0","b":1.5,"c":2}',
    );
  });
});

describe('JSON in the lenient form', async () => {
  const lenient = await openValueCodec({ json: { lenient: true } });
  it.each([
    ['a byte order mark', '\ufeff{"a":1}'],
    ['a NUL byte at the end', '{"a":1}\0'],
    ['a buffer full of them', `{"a":1}${'\0'.repeat(200)}`],
    ['a line end before them', '{"a":1}\r\n\0\0'],
    ['a line end behind them', '{"a":1}\0\n'],
    ['both', '\ufeff{"a":1}\n\0'],
    ['neither', '{"a":1}'],
  ])('takes %s, and writes none', (_, text) => {
    expect(lenient.decode(textBytes(text))).toStrictEqual({ a: 1 });
    expect(textOf(rewritten(lenient, textBytes(text), set('b', 2)))).toBe('{"a":1,"b":2}');
  });

  it.each([
    ['NUL bytes in the middle', '{"a":1}\0{"b":1}', 'malformed: is not JSON: wrong at character 7'],
    ['NUL bytes before it', '\0{"a":1}', 'malformed: is not JSON'],
    [
      'two marks',
      '\ufeff\ufeff1',
      'malformed: begins with a byte order mark, which JSON does not allow; decode: { json: { lenient: true } } accepts it',
    ],
    ['nothing but NUL bytes', '\0\0', 'malformed: is not JSON'],
  ])('refuses %s', (_, text, expected) => {
    expect(problemOf(() => lenient.decode(textBytes(text)))).toBe(expected);
  });

  it.each([
    [
      '\ufeff{}',
      'malformed: begins with a byte order mark, which JSON does not allow; decode: { json: { lenient: true } } accepts it',
    ],
    [
      '{}\0',
      'malformed: ends with a NUL byte, which JSON does not allow; decode: { json: { lenient: true } } accepts it',
    ],
  ])('is named by the strict one that refuses %j', (text, expected) => {
    expect(problemOf(() => codecs.json.decode(textBytes(text)))).toBe(expected);
  });
});

describe('whatever is changed in whatever payload', () => {
  it.each(['cbor', 'msgpack', 'json'] as const)('is read back from %s as it was written', (name) => {
    const codec = codecs[name];
    const any = name === 'json' ? anyJson : anyValue;
    fc.assert(
      fc.property(any, any, any, fc.nat(3), (kept, changed, added, place) => {
        const list = [kept, changed, 1.5, kept];
        const bytes = codec.encode({ kept, list, changed });
        const changes = all(
          set('changed', added),
          set(`list[${place}]`, added),
          remove('list[1]'),
          set('more', changed),
        );
        expect(codec.decode(rewritten(codec, bytes, changes))).toEqual(changes(codec.decode(bytes)));
      }),
    );
  });
});

describe('floats of 32 bits', () => {
  it('are shown as the shortest number that is the same float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (float) => {
        const bytes = Buffer.alloc(5, 0xfa);
        bytes.writeFloatBE(float, 1);
        const shown = codecs.cbor.decode(new Uint8Array(bytes)) as number;
        expect(Object.is(Math.fround(shown), float)).toBe(true);
        expect(String(shown).length).toBeLessThanOrEqual(String(float).length);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -999_999, max: 999_999 }), fc.nat(6), (digits, places) => {
        const bytes = Buffer.alloc(5, 0xca);
        bytes.writeFloatBE(digits / 10 ** places, 1);
        expect(codecs.msgpack.decode(new Uint8Array(bytes))).toBe(digits / 10 ** places || 0);
      }),
    );
  });
});
