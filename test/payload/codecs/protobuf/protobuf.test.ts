import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProtobufSpec, Value } from '../../../../src/payload/codecs/codec.ts';
import { bytesOf, fixture, hexOf, nested, openValueCodec, problemOf, textBytes } from '../support.ts';

const descriptors = fixture('sensor.binpb');
const open = (message: string, more: Partial<ProtobufSpec> = {}, limits = {}) =>
  openValueCodec({ protobuf: { descriptors, message, ...more } }, limits);

const report = await open('acme.sensor.v1.Report');
const tree = await open('acme.sensor.v1.Tree');
const value: Value = JSON.parse(readFileSync(fixture('report.json'), 'utf8'));
const problem = (hex: string) => problemOf(() => report.decode(bytesOf(hex)));

/** A field of known length. */
const sized = (field: number, content: string) =>
  varint((field << 3) | 2) + varint(content.length / 2) + content;
function varint(number: number): string {
  const low = number & 0x7f;
  return number > 0x7f
    ? hexOf(Uint8Array.of(low | 0x80)) + varint(Math.floor(number / 128))
    : hexOf(Uint8Array.of(low));
}

describe('Protobuf', () => {
  it('is JSON and back, as ProtoJSON says', () => {
    expect(report.decode(report.encode(value))).toStrictEqual(value);
  });

  it('has the names of the .proto file if so wanted, and takes both', async () => {
    const proto = await open('acme.sensor.v1.Report', { names: 'proto' });
    const decoded = proto.decode(report.encode({ deviceId: 'x', uptimeMs: '5' }));
    expect(decoded).toStrictEqual({ device_id: 'x', uptime_ms: '5' });
    expect(report.encode(decoded)).toStrictEqual(proto.encode({ deviceId: 'x', uptimeMs: '5' }));
  });

  it('omits fields that are not on the wire, unless defaults are wanted', async () => {
    const location = await open('acme.sensor.v1.Location', { defaults: true });
    expect(location.decode(bytesOf(''))).toStrictEqual({ latitude: 0, longitude: 0 });
    expect(report.decode(bytesOf(''))).toStrictEqual({});
  });

  it('takes bytes, bigints and numbers that JSON does not have', () => {
    const bytes = report.encode({
      signature: Uint8Array.of(0xfb, 0xff),
      sequence: 2n ** 64n - 1n,
      uptimeMs: -(2n ** 63n),
      battery: Number.NaN,
      setpoint: Number.NEGATIVE_INFINITY,
      readings: [{ number: Number.POSITIVE_INFINITY }],
    });
    expect(report.decode(bytes)).toStrictEqual({
      signature: '+/8=',
      sequence: '18446744073709551615',
      uptimeMs: '-9223372036854775808',
      battery: 'NaN',
      setpoint: '-Infinity',
      readings: [{ number: 'Infinity' }],
    });
  });

  it('omits fields that the message does not have', async () => {
    const location = await open('acme.sensor.v1.Location');
    // Fields 100 to 104, one of each wire type.
    const unknown = 'a00601 a1060000000000000000 a20602ffff a306a80101a406 a50600000000'.replaceAll(' ', '');
    expect(location.decode(bytesOf(`${unknown}0d0000c03f`))).toStrictEqual({ latitude: 1.5 });
  });

  it('reads the second version of the language: groups, required fields, closed enums', async () => {
    const command = await open('acme.legacy.Command');
    const sample = { target: 'x', option: [{ key: 'k', mode: 'MODE_REPEAT' }, { key: 'l' }] };
    expect(command.decode(command.encode(sample))).toStrictEqual(sample);
    expect(problemOf(() => command.encode({ retries: 1 }))).toContain('schema: does not fit the message');
    expect(problemOf(() => command.decode(bytesOf('')))).toContain('unsupported: has no JSON form');
    // The group of field 4 ends with the end of field 3, or never.
    expect(problemOf(() => command.decode(bytesOf('0a0178231c')))).toBe(
      'malformed: has a group that ends wrongly',
    );
    expect(problemOf(() => command.decode(bytesOf('0a017823')))).toBe('malformed: ends too early');
    expect(problemOf(() => command.decode(bytesOf('0a01781c')))).toMatch(/^malformed: /);
  });
});

describe('a value that does not fit the message', () => {
  it.each<[string, Value, string]>([
    ['a wrong type', { deviceId: 5 }, ': wrong at the field acme.sensor.v1.Report.device_id'],
    [
      'a nested wrong type',
      { readings: [{ unit: 'KELVIN' }] },
      ': wrong at the enum acme.sensor.v1.Reading.Unit',
    ],
    [
      'an integer that is too large',
      { errorCode: 2 ** 32 },
      ': wrong at the field acme.sensor.v1.Report.error_code',
    ],
    [
      'an unknown field',
      { hunter2: 1 },
      ': has a key that is not a field of the message acme.sensor.v1.Report',
    ],
    [
      'two fields of one oneof',
      { alarm: 'x', errorCode: 1 },
      ': wrong at the oneof acme.sensor.v1.Report.cause',
    ],
    ['text that is no base64', { signature: '?' }, ': wrong at the field acme.sensor.v1.Report.signature'],
    ['text that is no time', { takenAt: 'yesterday' }, ': wrong at the message google.protobuf.Timestamp'],
    ['no object', [1], ': wrong at the message acme.sensor.v1.Report'],
  ])('is refused: %s', (_, wrong, place) => {
    const found = problemOf(() => report.encode(wrong));
    expect(found).toContain('schema: does not fit the message acme.sensor.v1.Report');
    expect(found).toContain(place);
    expect(found).not.toMatch(/hunter2|KELVIN|yesterday/);
  });

  it('may have fields that are dropped, if so wanted', async () => {
    const drop = await open('acme.sensor.v1.Location', { extraFields: 'drop' });
    expect(drop.decode(drop.encode({ latitude: 1.5, other: { a: 1 } }))).toStrictEqual({ latitude: 1.5 });
  });
});

describe('a Protobuf payload', () => {
  it.each([
    ['0a', 'malformed: ends too early'],
    ['0a05', 'malformed: ends too early'],
    ['0affffffff0f', 'malformed: ends too early'],
    ['2a80808080f87f00', 'malformed: '],
    ['18ffffffffffffffffffff01', 'malformed: has an integer of more than 64 bits'],
    ['00', 'malformed: has a field number 0'],
    ['0800', 'malformed: has a field of the wrong wire type'],
    ['0d00000000', 'malformed: has a field of the wrong wire type'],
    ['2800', 'malformed: has a field of the wrong wire type'],
    ['1a0101', 'malformed: has a field of the wrong wire type'],
    ['2b2c', 'malformed: has a field of the wrong wire type'],
    ['0f', 'malformed: has a field of the wrong wire type'],
    ['07', 'malformed: has a field number 0'],
    ['a70600', 'malformed: has a field of an unknown wire type'],
    ['a406', 'malformed: has a field of an unknown wire type'],
    ['a306a406a306', 'malformed: ends too early'],
    ['9a0107ffffffffffffff', 'malformed: has a packed field of the wrong length'],
    ['0a02c328', 'malformed: has text that is not valid UTF-8'],
    ['32040a0178ff', 'malformed: '],
    ['3204080112 00', 'malformed: has a field of the wrong wire type'],
    ['1207088080808080ff7f', 'malformed: '],
    ['120808ffffffffffff7f', 'unsupported: has no JSON form'],
    [sized(18, sized(1, hexOf(textBytes('x/acme.Unknown')))), 'unsupported: has an Any of a message'],
    [
      sized(18, sized(1, hexOf(textBytes('x/acme.sensor.v1.Location'))) + sized(2, '0800')),
      'wrong wire type',
    ],
    [sized(6, sized(1, hexOf(textBytes('__proto__')))), 'unsupported: has a key "__proto__"'],
  ])('%s is refused: %s', (hex, expected) => {
    expect(problem(hex)).toContain(expected);
  });

  it('may be cut anywhere, and gives a value or a reason', () => {
    const whole = report.encode(value);
    for (let length = 0; length < whole.length; length++)
      expect(problemOf(() => report.decode(whole.subarray(0, length)))).toMatch(
        /^malformed|^unsupported|none/,
      );
  });
});

describe('the limits of Protobuf', () => {
  /** A tree so deep, of which each level holds the next. */
  function deepTree(depth: number): string {
    let hex = '';
    for (let i = 1; i < depth; i++) hex = sized(2, hex);
    return hex;
  }

  it('end a message that nests itself', () => {
    // The last level is an object and no array.
    expect(problemOf(() => tree.decode(bytesOf(deepTree(32))))).toBe('none');
    expect(problemOf(() => tree.decode(bytesOf(deepTree(65))))).toBe('too_deep: nests deeper than 64 levels');
    expect(problemOf(() => tree.decode(bytesOf(deepTree(10_000))))).toBe(
      'too_deep: nests deeper than 64 levels',
    );
  });

  it('end unknown groups in groups', () => {
    expect(problem(nested('a306', 'a406', 100_000))).toBe('too_deep: nests deeper than 64 levels');
  });

  it('end an Any in an Any in an Any', () => {
    const type = sized(1, hexOf(textBytes('x/google.protobuf.Any')));
    let hex = '';
    for (let i = 0; i < 500; i++) hex = type + sized(2, hex);
    expect(problem(sized(18, hex))).toBe('too_deep: nests deeper than 64 levels');
  });

  it('end packed fields of too many elements', () => {
    expect(problem(sized(11, '00'.repeat(200_000)))).toBe('too_many_items: has more than 100000 items');
    expect(problem(sized(19, '00'.repeat(8 * 100_001)))).toBe('too_many_items: has more than 100000 items');
    expect(problem(sized(11, '00'.repeat(50_000)).repeat(3))).toBe(
      'too_many_items: has more than 100000 items',
    );
  });

  it('end too many messages of no bytes, and too many unknown fields', () => {
    expect(problem('2a00'.repeat(200_000))).toBe('too_many_items: has more than 100000 items');
    expect(problem('a00600'.repeat(200_000))).toBe('too_many_items: has more than 100000 items');
    expect(problem('3200'.repeat(200_000))).toBe('too_many_items: has more than 100000 items');
  });

  it('count the defaults that will be written', async () => {
    const few = await open('acme.sensor.v1.Report', { defaults: true }, { maxItems: 40 });
    expect(problemOf(() => few.decode(bytesOf('2a00'.repeat(5))))).toBe(
      'too_many_items: has more than 40 items',
    );
  });

  it('hold for bytes', async () => {
    const ten = await open('acme.sensor.v1.Report', {}, { maxBytes: 10 });
    expect(problemOf(() => ten.decode(new Uint8Array(11)))).toBe('too_large: is larger than 10 bytes');
    expect(problemOf(() => ten.encode({ alarm: 'x'.repeat(10) }))).toBe('too_large: is larger than 10 bytes');
  });
});

describe('opening Protobuf', () => {
  it('lists the messages of the descriptor if the configured one is missing', async () => {
    await expect(open('acme.Sensor')).rejects.toThrow(
      /sensor\.binpb: has no message "acme\.Sensor"; it has .*acme\.sensor\.v1\.Report/,
    );
  });

  it('asks for the imports when they are not in the descriptor set', async () => {
    await expect(open('acme.sensor.v1.Report', { descriptors: fixture('incomplete.binpb') })).rejects.toThrow(
      /incomplete\.binpb: not a valid descriptor set.*--include_imports/,
    );
  });

  it('rejects a file that is not a descriptor set, and reports a missing file', async () => {
    await expect(open('x', { descriptors: fixture('sensor.proto') })).rejects.toThrow(TypeError);
    await expect(open('x', { descriptors: fixture('absent') })).rejects.toThrow('ENOENT');
  });
});
