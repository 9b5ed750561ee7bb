/** A gateway with an older descriptor rewrites what newer devices send. */
import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import type { ProtobufSpec, Value } from '../../../../src/payload/codecs/codec.ts';
import { type Path, parsePath, removePath, writePath } from '../../../../src/policy/messages/path.ts';
import { bytesOf, fixture, hexOf, openValueCodec, problemOf } from '../support.ts';

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(fixture('device-new.binpb'))),
);
const newFrame = registry.getMessage('acme.device.Frame') as DescMessage;
const send = (json: JsonValue) => toBinary(newFrame, fromJson(newFrame, json, { registry }));
const receive = (bytes: Uint8Array) => toJson(newFrame, fromBinary(newFrame, bytes), { registry });

const openOld = (more: Partial<ProtobufSpec> = {}) =>
  openValueCodec({
    protobuf: { descriptors: fixture('device-old.binpb'), message: 'acme.device.Frame', ...more },
  });
const old = await openOld();

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

function rewritten(bytes: Uint8Array, change: Change, codec = old): Uint8Array {
  const { value, rewrite = codec.encode } = codec.read?.(bytes) ?? { value: null };
  return rewrite(change(value));
}
const through = (json: JsonValue, change: Change) => receive(rewritten(send(json), change));

const part = { name: 'p', more: 1.5, '[acme.device.label]': 'l' };
const unknown = {
  unknownFixed64: '18446744073709551615',
  unknownFixed32: 7,
  unknownVarint: '-5',
  unknownBytes: 'AQID',
  unknowngroup: [{ text: 'g' }, { text: 'h' }],
  unknownParts: [part],
  unknownPacked: [1, 2, 3],
  '[acme.device.note]': 'n',
  '[acme.device.extras]': [part],
};

describe('a rewrite of Protobuf keeps fields that the descriptor does not know', () => {
  it.each<[string, { [key: string]: JsonValue }]>([
    ['of every wire type, and extensions', unknown],
    ['in a message', { part }],
    ['in messages within messages', { part: { inner: { inner: part }, more: 2 } }],
    ['in repeated messages', { parts: [part, { name: 'q' }, part] }],
    ['in the values of a map', { named: { a: part, b: { inner: part } } }],
    ['in the message of a oneof', { one: part }],
    ['in groups', { row: [{ name: 'r', more: 5 }, { more: 6 }] }],
    [
      'as a value of a closed enum',
      { mode: 'BLINK', modes: ['ON', 'BLINK'], part: { modes: ['BLINK'], moods: { a: 'ON', b: 'BLINK' } } },
    ],
    ['in what an Any holds', { any: { '@type': 'type.googleapis.com/acme.device.Part', ...part } }],
    [
      'in an Any within an Any',
      {
        any: {
          '@type': 'type.googleapis.com/acme.device.Frame',
          part,
          any: { '@type': 'x/acme.device.Part', ...part },
        },
      },
    ],
    ['in a member of a oneof that is newer', { newest: part }],
  ])('%s', (_, json) => {
    expect(through(json, set('id', 'x'))).toStrictEqual(receive(send({ id: 'x', ...json })));
    expect(through({ id: 'x', ...json }, remove('id'))).toStrictEqual(receive(send(json)));
  });

  it('in a message of which a field is changed', () => {
    expect(through({ part: { ...part, inner: part } }, set('part.inner.name', 'z'))).toStrictEqual({
      part: { ...part, inner: { ...part, name: 'z' } },
    });
    expect(through({ named: { a: part, b: part } }, set('named.b.name', 'z'))).toStrictEqual({
      named: { a: part, b: { ...part, name: 'z' } },
    });
    expect(through({ row: [{ name: 'r', more: 5 }] }, set('row[0].name', 'z'))).toStrictEqual({
      row: [{ name: 'z', more: 5 }],
    });
    const any = { '@type': 'type.googleapis.com/acme.device.Part', ...part };
    expect(through({ any }, set('any.name', 'z'))).toStrictEqual({ any: { ...any, name: 'z' } });
  });

  it('in the items that are left of a list', () => {
    const parts = ['a', 'b', 'c'].map((name) => ({ ...part, name }));
    expect(through({ parts }, remove('parts[0]'))).toStrictEqual({ parts: parts.slice(1) });
    expect(through({ parts }, set('parts[1].name', 'z'))).toStrictEqual({
      parts: parts.with(1, { ...part, name: 'z' }),
    });
  });

  it('in a message that a template moves or copies', () => {
    const move: Change = (value) => ({ other: (value as { part: Value }).part });
    expect(through({ part }, move)).toStrictEqual({ other: part });
  });

  it('but not fields that are removed or replaced', () => {
    expect(through({ part, id: 'x' }, remove('part'))).toStrictEqual({ id: 'x' });
    expect(through({ one: part }, (value) => ({ ...(value as object), one: { name: 'y' } }))).toStrictEqual({
      one: { ...part, name: 'y' },
    });
    expect(through({ mode: 'BLINK' }, set('mode', 'ON'))).toStrictEqual({ mode: 'ON' });
  });

  it('and the values of a closed enum that are known are seen', () => {
    const bytes = send({ modes: ['BLINK', 'ON', 'BLINK'], parts: [{ moods: { a: 'ON', b: 'BLINK' } }] });
    expect(old.decode(bytes)).toStrictEqual({ modes: ['ON'], parts: [{ moods: { a: 'ON' } }] });
  });

  it('and an extension that a rule sets takes the place of the one that came', () => {
    expect(through({ '[acme.device.note]': 'n' }, set('["[acme.device.note]"]', 'm'))).toStrictEqual({
      '[acme.device.note]': 'm',
    });
  });

  it('with the names of the .proto file', async () => {
    const codec = await openOld({ names: 'proto', defaults: true, extraFields: 'drop' });
    const bytes = rewritten(send({ parts: [part], ...unknown }), set('parts[0].name', 'z'), codec);
    expect(receive(bytes)).toStrictEqual(receive(send({ parts: [{ ...part, name: 'z' }], ...unknown })));
  });

  it.each([
    ['acme.device.Frame', '0000000102 00', '0000000102 0200'],
    ['acme.device.Part', '0000000102 0202', undefined],
    ['acme.device.Frame.Row', '0000000102 040000', undefined],
  ])('behind the header of a schema registry: %s', async (message, header, other) => {
    const codec = await openValueCodec({
      protobuf: { descriptors: fixture('device-old.binpb'), message, schemaId: 258 },
    });
    // Field 50 is unknown to all of them; none of them has a field 51.
    const body = '9a0301ff';
    for (const each of [header, other ?? header]) {
      const { value, rewrite } = codec.read?.(bytesOf(each + body)) ?? {};
      expect(value).toStrictEqual({});
      expect(hexOf(rewrite?.({}) ?? bytesOf(''))).toBe(header.replace(' ', '') + body);
    }
    for (const wrong of ['', '00', '0000000103 00', '0100000102 00', '0000000102 0404'])
      expect(problemOf(() => codec.decode(bytesOf(wrong)))).toContain('does not begin with the header');
  });

  it('and all else: integers of 64 bits, times, floats of 32 bits', () => {
    const json = {
      at: '2026-01-02T03:04:05.000000001Z',
      ratio: 0.1,
      serial: '18446744073709551615',
      total: 60,
      ratios: [0.1, 1e10],
    };
    const bytes = send(json);
    expect(old.decode(bytes)).toStrictEqual(json);
    expect(hexOf(rewritten(rewritten(bytes, set('id', 'x')), remove('id')))).toBe(hexOf(bytes));
  });
});

describe('a rewrite of Protobuf keeps unknown fields where the library has no place for them', () => {
  /** Field 50, a varint of 255. */
  const more = '9003ff01';
  const rename: Change = set('id', 'x');
  const id = '0a0178';

  it.each<[string, string, string, Change]>([
    ['in an entry of a map', `2a09 0801 120161 ${more}`, `2a09 0801 120161 ${more}`, rename],
    [
      'in an entry whose value is changed',
      `2a09 0801 120161 ${more}`,
      `2a09 0801 12017a ${more}`,
      set('words["1"]', 'z'),
    ],
    [
      'in an entry that has its key in other bytes',
      `2a0a 088100 120161 ${more}`,
      `2a09 0801 120161 ${more}`,
      rename,
    ],
    ['in an entry with the default key', `2a07 120161 ${more}`, `2a09 0800 120161 ${more}`, rename],
    ['in the entry and in the message that it holds', `220e 0a0161 1205 0a0170 1200 ${more}`, '', rename],
    ['in a wrapper', `8a0107 0a0161 ${more}`, `8a0107 0a0161 ${more}`, rename],
    ['in a wrapper that is changed', `8a0107 0a0161 ${more}`, `8a0107 0a017a ${more}`, set('label', 'z')],
    ['in a Struct', `920104 ${more}`, `920104 ${more}`, rename],
    [
      'in an entry of a Struct, and in its value',
      `920112 0a10 0a0161 1207 1a0162 ${more} ${more}`,
      '',
      rename,
    ],
    [
      'in a time that is changed',
      `6206 0801 ${more}`,
      `6206 0802 ${more}`,
      set('at', '1970-01-01T00:00:02Z'),
    ],
    ['in times of a map', `9a010b 0a0161 1206 0801 ${more}`, `9a010b 0a0161 1206 0801 ${more}`, rename],
  ])('%s', (_, hex, expected, change) => {
    const bytes = bytesOf(hex);
    const out = hexOf(rewritten(bytes, change));
    const ids = change === rename ? id : '';
    expect(out).toBe(ids + (expected || hex).replaceAll(' ', ''));
  });
});

describe('Protobuf text that is not UTF-8 is malformed in proto2, too', () => {
  it.each([
    ['a field', '0a02c328'],
    ['a field of a message', '12040a02c328'],
    ['a repeated message', '1a040a02c328'],
    ['the key of a map', '22060a02c3281200'],
    ['the value of a map', '2a0608011202c328'],
    ['a oneof', '32040a02c328'],
    ['a group', '430a02c32844'],
    ['the type of an Any', '5a040a02c328'],
    ['a text behind a right one', '0a0161 0a02c328'],
    ['half a surrogate pair', '0a03eda080'],
    ['an overlong form', '0a02c080'],
  ])('%s', (_, hex) => {
    expect(problemOf(() => old.decode(bytesOf(hex)))).toBe('malformed: has text that is not valid UTF-8');
  });

  it('but bytes may be anything', () => {
    expect(problemOf(() => old.decode(bytesOf('aa0302c328')))).toBe('none');
  });
});
