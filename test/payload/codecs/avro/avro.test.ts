import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AvroSpec, Value } from '../../../../src/payload/codecs/codec.ts';
import { bytesOf, fixture, hexOf, nested, openValueCodec, peers, problemOf } from '../support.ts';

const directory = mkdtempSync(join(tmpdir(), 'exhook-avro-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;

function open(schema: unknown, more: Partial<AvroSpec> = {}, limits = {}) {
  const path = join(directory, `${++count}.avsc`);
  writeFileSync(path, typeof schema === 'string' ? schema : JSON.stringify(schema));
  return openValueCodec({ avro: { schema: path, ...more } }, limits);
}
const record = (...fields: unknown[]) => ({
  type: 'record',
  name: 'acme.R',
  fields: fields.map((type, i) => ({ name: `f${i}`, type })),
});
const array = (items: unknown) => ({ type: 'array', items });
const map = (values: unknown) => ({ type: 'map', values });

describe('Avro', () => {
  it.each<[schema: unknown, hex: string, value: Value]>([
    [{ type: 'null' }, '', null],
    [{ type: 'boolean' }, '01', true],
    [{ type: 'int' }, '7f', -64],
    [{ type: 'int' }, 'ffffffff0f', -(2 ** 31)],
    [{ type: 'long' }, '8001', 64],
    [{ type: 'long' }, 'ffffffffffffffffff01', -(2n ** 63n)],
    [{ type: 'long', logicalType: 'timestamp-micros' }, 'feffffffffffffffff01', 2n ** 63n - 1n],
    [{ type: 'float' }, '0000c03f', 1.5],
    [{ type: 'double' }, '9a9999999999f13f', 1.1],
    [{ type: 'string' }, '04c3a9', 'é'],
    [{ type: 'bytes' }, '0400ff', bytesOf('00ff')],
    [{ type: 'fixed', name: 'F', size: 2 }, '00ff', bytesOf('00ff')],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, '02', 'B'],
    [array('int'), '04020400', [1, 2]],
    [array('int'), '00', []],
    [map('int'), '0202610200', { a: 1 }],
    [record('int', 'string'), '020261', { f0: 1, f1: 'a' }],
    [['null', 'string'], '00', null],
    [['null', 'string'], '020261', 'a'],
    [['null', 'bytes', 'string'], '0202ff', bytesOf('ff')],
    [['int', 'string', array('null'), map('int'), 'boolean'], '0400', []],
    [['int', 'long'], '0201', { long: -1 }],
    [['null', 'int', 'long'], '00', null],
    [array(['null', 'int', 'double']), '0400020200', [null, { int: 1 }]],
    [map(['null', record('int')]), '0202610202 00'.replace(' ', ''), { a: { f0: 1 } }],
  ])('sample %# is read and written', async (schema, hex, value) => {
    const avro = await open(schema);
    expect(avro.decode(bytesOf(hex))).toStrictEqual(value);
    expect(hexOf(avro.encode(value))).toBe(hex);
  });

  it.each<[schema: unknown, hex: string, value: Value]>([
    ['int', 'feffffff0f', 2 ** 31 - 1],
    ['int', '8080808000', 0],
    ['int', '8280808000', 1],
    ['long', '80808080808080808000', 0],
    ['long', '8380808080808000', -2],
    ['long', '8280808080808080808001', 'malformed'],
    [record('int', 'int'), '82000204'.slice(0, 6), { f0: 1, f1: 1 }],
    [{ type: 'float' }, 'cdcccc3d', 0.1],
    [array('float'), '0614aeac41cdcccc3d0000704200'.slice(0, 28), [21.585, 0.1, 60]],
    [array('int'), '030404060a0008'.slice(0, 10), 'malformed'],
  ])('%j takes what its peers write, %s', async (schema, hex, value) => {
    const avro = await open(typeof schema === 'string' ? { type: schema } : schema);
    if (value === 'malformed') expect(problemOf(() => avro.decode(bytesOf(hex)))).toContain('malformed: ');
    else expect(avro.decode(bytesOf(hex))).toStrictEqual(value);
  });

  it.each<[schema: unknown, hex: string, reason: string]>([
    ['int', '8080808010', 'has an int of more than 32 bits'],
    ['int', '8180808010', 'has an int of more than 32 bits'],
    ['int', 'ffffffff1f', 'has an int of more than 32 bits'],
    ['int', 'feffffffffffffffff01', 'has an int of more than 32 bits'],
    ['int', '808080808000', 'has an int of more than 32 bits'],
    ['long', '80808080808080808002', 'has an integer of more than 64 bits'],
    ['long', 'ffffffffffffffffff7f', 'has an integer of more than 64 bits'],
    ['long', '8080808080808080808000', 'has an integer of more than 64 bits'],
    ['boolean', '02', 'has a boolean that is neither 0 nor 1'],
    ['boolean', 'ff', 'has a boolean that is neither 0 nor 1'],
    [record('string', 'int'), '02618080808010', 'has an int of more than 32 bits'],
    [map('boolean'), '0202610300', 'has a boolean that is neither 0 nor 1'],
    [['null', 'int'], '028080808010', 'has an int of more than 32 bits'],
    [['null', 'boolean'], '0202', 'has a boolean that is neither 0 nor 1'],
    [['null', 'boolean'], '04', 'has a union branch that is not in the schema'],
    [['null', 'boolean'], '01', 'has a union branch that is not in the schema'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, '04', 'has an enum value that is not in the schema'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, '01', 'has an enum value that is not in the schema'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, '8080808080808000', 'has an int of more than 32 bits'],
    ['string', '01', 'has a negative length'],
    ['bytes', '03', 'has a negative length'],
    [map('int'), '02016100', 'has a negative length'],
    [array('int'), '01040400', 'has a block whose size does not match its header'],
    [array('int'), '01000400', 'has a block whose size does not match its header'],
    [array('int'), '01010400', 'has a block whose size does not match its header'],
    [map('int'), '0104026102 00', 'has a block whose size does not match its header'],
    ['int', '0200', 'has data after its end'],
  ])('%j refuses %s: %s', async (schema, hex, reason) => {
    const avro = await open(typeof schema === 'string' ? { type: schema } : schema);
    expect(problemOf(() => avro.decode(bytesOf(hex)))).toBe(`malformed: ${reason}`);
  });

  it('wraps all unions if so wanted, as the JSON encoding of Avro does', async () => {
    const avro = await open(array(['null', 'double', record('long')]), { unions: 'wrapped' });
    const value = [null, { double: 1.5 }, { 'acme.R': { f0: 5 } }];
    expect(avro.decode(avro.encode(value))).toStrictEqual(value);
    expect(problemOf(() => avro.encode([1.5]))).toMatch(
      /^schema: does not fit the schema at \/0: expected an object/,
    );
    expect(problemOf(() => avro.encode([{ double: 1, null: 2 }]))).toMatch(/^schema: /);
    expect(problemOf(() => avro.encode([{ null: null }]))).toMatch(/^schema: /);
  });

  it('reads an array in blocks, with and without their sizes', async () => {
    const avro = await open(array('int'));
    expect(avro.decode(bytesOf('0202 03040406 00'))).toStrictEqual([1, 2, 3]);
  });

  it('has the header of a schema registry if so wanted', async () => {
    const avro = await open({ type: 'int' }, { schemaId: 258 });
    expect(hexOf(avro.encode(1))).toBe('000000010202');
    expect(avro.decode(bytesOf('000000010202'))).toBe(1);
    for (const wrong of ['02', '000000010302', '010000010202', '0000'])
      expect(problemOf(() => avro.decode(bytesOf(wrong)))).toContain(
        'malformed: does not begin with the header',
      );
  });

  it('takes base64 for bytes, and integers for floating point numbers', async () => {
    const avro = await open(record('bytes', ['null', { type: 'fixed', name: 'F', size: 1 }], 'double'));
    const bytes = avro.encode({ f0: '+/8=', f1: '/w==', f2: 2n ** 60n });
    expect(avro.decode(bytes)).toStrictEqual({ f0: bytesOf('fbff'), f1: bytesOf('ff'), f2: 2 ** 60 });
  });

  it('fills in defaults', async () => {
    const fields = [
      { name: 'a', type: 'int', default: 5 },
      { name: 'b', type: ['null', 'string'], default: null },
      { name: 'c', type: 'int' },
    ];
    const avro = await open({ type: 'record', name: 'R', fields });
    expect(avro.decode(avro.encode({ c: 1 }))).toStrictEqual({ a: 5, b: null, c: 1 });
    expect(problemOf(() => avro.encode({ a: 1 }))).toBe(
      'schema: does not fit the schema at /c: expected an integer of 32 bits, but the field is missing',
    );
  });

  it('is a schema that holds itself', async () => {
    const avro = await openValueCodec({ avro: { schema: fixture('report.avsc') } });
    const [inner] = peers.filter(({ codec, name }) => codec === 'avro' && name === 'report in a report');
    expect(avro.decode(avro.encode(inner?.value ?? null))).toStrictEqual(inner?.value);
  });
});

describe('a value that does not fit the Avro schema', () => {
  it.each<[unknown, unknown, string]>([
    [{ type: 'int' }, 2 ** 31, 'its top: expected an integer of 32 bits'],
    [{ type: 'int' }, 1.5, 'its top: expected an integer of 32 bits'],
    [{ type: 'int' }, '1', 'its top: expected an integer of 32 bits'],
    [{ type: 'long' }, 2n ** 63n, 'its top: expected an integer of 64 bits'],
    [{ type: 'long' }, 2 ** 53, 'its top: expected an integer of 64 bits'],
    [{ type: 'double' }, '1', 'its top: expected a number'],
    [{ type: 'string' }, null, 'its top: expected text'],
    [{ type: 'bytes' }, 'hunter2', 'its top: expected bytes, or text in base64'],
    [{ type: 'fixed', name: 'F', size: 2 }, bytesOf('00'), 'its top: expected 2 bytes, or text in base64'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, 'hunter2', 'its top: expected a symbol of the enum'],
    [array('int'), {}, 'its top: expected an array'],
    [array(array('int')), [[], [1, 'x']], '/1/1: expected an integer of 32 bits'],
    [map('int'), [], 'its top: expected an object'],
    [map('int'), { hunter2: 'x' }, '/*: expected an integer of 32 bits'],
    [record('int'), bytesOf('00'), 'its top: expected an object'],
    [record('int'), { f0: 1, hunter2: 1 }, 'its top: expected no field that is not in the record'],
    [record('int'), {}, '/f0: expected an integer of 32 bits, but the field is missing'],
    [['null', 'int'], 'x', 'its top: expected a branch of the union: null, int'],
    [['null', 'int'], 1.5, 'its top: expected an integer of 32 bits'],
    [['int', 'long'], 1, 'its top: expected an object with one entry, named after a branch: int, long'],
    [['int', 'long'], { short: 1 }, 'its top: expected an object with one entry'],
    [['int', 'long'], { int: 'x' }, '/int: expected an integer of 32 bits'],
  ])('sample %# is refused', async (schema, value, expected) => {
    const avro = await open(schema);
    const found = problemOf(() => avro.encode(value as Value));
    expect(found).toContain(`schema: does not fit the schema at ${expected}`);
    expect(found).not.toContain('hunter2');
  });

  it('may have fields that are dropped, if so wanted', async () => {
    const avro = await open(record('int'), { extraFields: 'drop' });
    expect(hexOf(avro.encode({ f0: 1, other: 'x' }))).toBe('02');
  });
});

describe('an Avro payload', () => {
  it.each<[unknown, string, string]>([
    [{ type: 'int' }, '', 'malformed: ends too early'],
    [{ type: 'int' }, '80', 'malformed: ends too early'],
    [{ type: 'int' }, '0200', 'malformed: has data after its end'],
    [{ type: 'long' }, 'ff'.repeat(11), 'malformed: has an integer of more than 64 bits'],
    [{ type: 'double' }, '00000000', 'malformed: ends too early'],
    [{ type: 'string' }, '0461', 'malformed: ends too early'],
    [{ type: 'string' }, '01', 'malformed: has a negative length'],
    [{ type: 'string' }, 'feffffffffffffffff01', 'malformed: ends too early'],
    [{ type: 'string' }, '04c328', 'malformed: has text that is not valid UTF-8'],
    [map('int'), '0202ff0200', 'malformed: has text that is not valid UTF-8'],
    [{ type: 'bytes' }, 'feffffff0f00', 'malformed: ends too early'],
    [
      { type: 'enum', name: 'E', symbols: ['A'] },
      '02',
      'malformed: has an enum value that is not in the schema',
    ],
    [
      { type: 'enum', name: 'E', symbols: ['A'] },
      '01',
      'malformed: has an enum value that is not in the schema',
    ],
    [['null', 'int'], '04', 'malformed: has a union branch that is not in the schema'],
    [['null', 'int'], '01', 'malformed: has a union branch that is not in the schema'],
    [array('int'), '0202', 'malformed: ends too early'],
    [map('int'), '0402610202610200', 'malformed: has a map with a duplicate key'],
    [map('int'), '02125f5f70726f746f5f5f0200', 'unsupported: has a key "__proto__"'],
  ])('sample %# is refused', async (schema, hex, expected) => {
    const avro = await open(schema);
    expect(problemOf(() => avro.decode(bytesOf(hex)))).toBe(expected);
  });

  it('may be cut anywhere, and is refused there', async () => {
    const avro = await openValueCodec({ avro: { schema: fixture('report.avsc') } });
    const whole = bytesOf(peers.find(({ codec }) => codec === 'avro')?.hex ?? '');
    for (let length = 0; length < whole.length; length++)
      expect(problemOf(() => avro.decode(whole.subarray(0, length)))).toBe('malformed: ends too early');
  });
});

describe('the limits of Avro', () => {
  it.each(['808080808040', 'ffffffffff3f00', '80808080808080808001', 'ffffffffffffffffff0100'])(
    'end arrays and maps that announce %s items',
    async (announced) => {
      for (const items of ['null', 'int', record(), ['null', 'int'], array('null')]) {
        for (const schema of [array(items), map(items)]) {
          const avro = await open(schema);
          expect(problemOf(() => avro.decode(bytesOf(`${announced}0000`)))).toBe(
            'too_many_items: has more than 100000 items',
          );
        }
      }
    },
  );

  it('let as many nulls through as they allow, all announced at once', async () => {
    const avro = await open(array('null'));
    expect(avro.decode(bytesOf('c09a0c00'))).toHaveLength(100_000);
    expect(problemOf(() => avro.decode(bytesOf('c29a0c00')))).toBe(
      'too_many_items: has more than 100000 items',
    );
    expect(problemOf(() => avro.decode(bytesOf(`${'02'.repeat(100_001)}00`)))).toBe(
      'too_many_items: has more than 100000 items',
    );
  });

  it('count arrays in arrays together, and the fields of records', async () => {
    const arrays = await open(array(array('null')));
    expect(problemOf(() => arrays.decode(bytesOf(`28${'c09a0c00'.repeat(20)}00`)))).toBe(
      'too_many_items: has more than 100000 items',
    );
    const records = await open(array(record('null', 'null', 'null')));
    expect(problemOf(() => records.decode(bytesOf('c0b80200')))).toBe('none');
    expect(problemOf(() => records.decode(bytesOf('e0a71200')))).toBe(
      'too_many_items: has more than 100000 items',
    );
  });

  it('end a schema that holds itself', async () => {
    const list = { type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] };
    const lists = await open(list);
    expect(problemOf(() => lists.decode(bytesOf(`${'02'.repeat(63)}00`)))).toBe('none');
    expect(problemOf(() => lists.decode(bytesOf(`${'02'.repeat(64)}00`)))).toBe(
      'too_deep: nests deeper than 64 levels',
    );
    const trees = await open({ type: 'record', name: 'T', fields: [{ name: 'c', type: array('T') }] });
    expect(problemOf(() => trees.decode(bytesOf(nested('02', '00', 300_000, '00'))))).toBe(
      'too_deep: nests deeper than 64 levels',
    );
  });

  it('end a record that holds itself without end', async () => {
    const endless = await open({ type: 'record', name: 'E', fields: [{ name: 'e', type: 'E' }] });
    expect(problemOf(() => endless.decode(bytesOf('')))).toBe('too_deep: nests deeper than 64 levels');
  });
});

describe('opening Avro', () => {
  it.each<[unknown, RegExp]>([
    ['{', /not a valid Avro schema/],
    [{ type: 'strnig' }, /strnig/],
    [{ type: 'record', name: 'R', fields: [{ name: '__proto__', type: 'int' }] }, /__proto__/],
    [['int', 'int'], /duplicate/],
    ['null', /null/],
    [record('acme.Missing'), /acme\.Missing/],
  ])('sample %# is refused', async (schema, expected) => {
    await expect(open(schema)).rejects.toThrow(expected);
    await expect(open(schema)).rejects.toThrow(TypeError);
  });

  it.each([-1, 1.5, 2 ** 32])('refuses %s for the id of a schema', async (schemaId) => {
    await expect(open({ type: 'int' }, { schemaId })).rejects.toThrow(TypeError);
  });

  it('reports a missing file', async () => {
    await expect(openValueCodec({ avro: { schema: fixture('absent') } })).rejects.toThrow('ENOENT');
  });
});
