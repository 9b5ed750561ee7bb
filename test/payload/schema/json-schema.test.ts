import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Value } from '../../../src/payload/codecs/codec.ts';
import { openJsonSchema } from '../../../src/payload/schema/json-schema.ts';
import { fixture } from '../codecs/support.ts';

const directory = mkdtempSync(join(tmpdir(), 'exhook-schema-'));
afterAll(() => rmSync(directory, { recursive: true }));

const reading = {
  type: 'object',
  required: ['name', 'value'],
  properties: {
    name: { type: 'string', pattern: '^[a-z]+$' },
    value: { type: 'number', minimum: -40, maximum: 85 },
    unit: { enum: ['C', 'F'] },
    tags: { type: 'array', uniqueItems: true, maxItems: 3 },
    at: { type: 'string', format: 'date-time' },
  },
  additionalProperties: false,
};

describe('a JSON Schema', () => {
  it.each<[Value, string | undefined]>([
    [{ name: 'a', value: 1, unit: 'C', tags: [1, '1', [1]], at: '2026-01-02T03:04:05Z' }, undefined],
    [[], 'the payload must be object ("type")'],
    [{ name: 'a' }, 'the payload must have required property \'value\' ("required")'],
    [{ name: 'a', value: 86 }, '/value must be <= 85 ("maximum")'],
    [{ name: 'hunter2', value: 1 }, '/name must match pattern "^[a-z]+$" ("pattern")'],
    [{ name: 'a', value: 1, unit: 'hunter2' }, '/unit must be equal to one of the allowed values ("enum")'],
    [
      { name: 'a', value: 1, hunter2: 1 },
      'the payload must NOT have additional properties ("additionalProperties")',
    ],
    [{ name: 'a', value: 1, tags: [1, 1] }, '/tags must NOT have items that are equal ("uniqueItems")'],
    [{ name: 'a', value: 1, at: 'hunter2' }, '/at must match format "date-time" ("format")'],
  ])('explains the error of sample %#, without a value', async (value, expected) => {
    const check = await openJsonSchema(reading);
    expect(check(value)).toBe(expected);
  });

  it('gives the same answer each time', async () => {
    const check = await openJsonSchema(reading);
    for (let i = 0; i < 3; i++) {
      expect(check({ name: 'A' })).toContain('("required")');
      expect(check({ name: 'a', value: 1 })).toBeUndefined();
    }
  });

  it('names the place within arrays and objects, not at any length', async () => {
    const check = await openJsonSchema({ additionalProperties: { items: { type: 'integer' } } });
    expect(check({ a: [1, 'x'] })).toBe('/a/1 must be integer ("type")');
    expect(check({ ['k'.repeat(10_000)]: ['x'] })?.length).toBeLessThan(300);
  });

  it('may be a file', async () => {
    const path = join(directory, 'reading.json');
    writeFileSync(path, JSON.stringify(reading));
    expect((await openJsonSchema(path))({ name: 'a', value: 1 })).toBeUndefined();
    await expect(openJsonSchema(fixture('sensor.proto'))).rejects.toThrow(/sensor\.proto: not JSON/);
    await expect(openJsonSchema(fixture('absent'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['http://json-schema.org/draft-07/schema#', { items: [{ type: 'integer' }] }],
    ['https://json-schema.org/draft/2019-09/schema', { items: [{ type: 'integer' }] }],
    ['https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ type: 'integer' }] }],
    [undefined, { prefixItems: [{ type: 'integer' }] }],
  ])('may be of the draft %s', async ($schema, schema) => {
    const check = await openJsonSchema({ ...schema, ...($schema && { $schema }) });
    expect(check([1])).toBeUndefined();
    expect(check(['1'])).toBe('/0 must be integer ("type")');
  });

  it('may be true or false', async () => {
    expect((await openJsonSchema(true))([])).toBeUndefined();
    expect((await openJsonSchema(false))([])).toContain('boolean schema is false');
  });

  it('sees bytes as base64 and large integers as numbers', async () => {
    const check = await openJsonSchema({
      properties: { b: { type: 'string', format: 'byte', maxLength: 4 }, i: { type: 'integer', minimum: 0 } },
    });
    expect(check({ b: Uint8Array.of(1, 2, 3), i: 2n ** 64n - 1n })).toBeUndefined();
    expect(check({ b: Uint8Array.of(1, 2, 3, 4) })).toContain('/b must NOT have more than 4 characters');
    expect(check({ i: [-(2n ** 63n)] })).toContain('/i must be integer');
    expect(check({ i: -(2n ** 63n) })).toContain('/i must be >= 0');
  });

  it('may refer to itself, and to embedded schemas', async () => {
    const check = await openJsonSchema({
      $id: 'https://acme.example/tree',
      type: 'object',
      properties: { children: { items: { $ref: '#' } }, unit: { $ref: 'unit' } },
      $defs: { unit: { $id: 'https://acme.example/unit', enum: ['C'] } },
    });
    expect(check({ children: [{ children: [], unit: 'C' }] })).toBeUndefined();
    expect(check({ children: [{ unit: 'K' }] })).toContain('/children/0/unit');
  });
});

describe('a JSON Schema that cannot be used', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'a remote reference',
      { $ref: 'https://acme.example/other.json' },
      /"\$ref" to https:\/\/acme\.example\/other\.json points outside the schema.*"\$defs"/,
    ],
    ['a reference to a file', { properties: { a: { $ref: 'other.json#/a' } } }, /points outside the schema/],
    ['a reference to nothing', { $ref: '#/$defs/absent' }, /absent/],
    ['an unknown draft', { $schema: 'https://acme.example/schema' }, /"\$schema" must be the URI of draft/],
    ['a draft that is no text', { $schema: 4 }, /"\$schema" must be the URI of draft/],
    ['a wrong keyword', { minimum: 'x' }, /minimum/],
    ['look-ahead', { pattern: '^(?=a)' }, /"pattern" "\^\(\?=a\)" only plain groups/],
    ['a back-reference', { patternProperties: { '(a)\\1': true } }, /is not supported/],
    ['a wrong expression', { pattern: '(' }, /"pattern"/],
    ['no schema', null, /must be an object, true or false/],
    ['a number', 5, /must be an object, true or false/],
  ])('for %s says so', async (_, schema, expected) => {
    await expect(openJsonSchema(schema)).rejects.toThrow(expected);
    await expect(openJsonSchema(schema)).rejects.toThrow(TypeError);
  });
});

describe('equality in a JSON Schema', () => {
  const object = (text: string) => JSON.parse(text) as Value;

  it.each<[unknown, string, boolean]>([
    [{ const: { a: 1 } }, '{"a":1}', true],
    [{ const: { a: 1 } }, '{"valueOf":0}', false],
    [{ const: { a: 1 } }, '{"toString":""}', false],
    [{ const: { a: 1 } }, '{"constructor":1}', false],
    [{ const: { a: 1 } }, '{"hasOwnProperty":1}', false],
    [{ const: { constructor: { a: 1 } } }, '{"constructor":{"a":1}}', true],
    [{ const: { valueOf: 0 } }, '{"valueOf":0}', true],
    [{ const: { toString: null } }, '{"toString":null}', true],
    [{ const: { toString: null } }, '{"x":null}', false],
    [{ const: { a: [1, { b: null }], c: 'x' } }, '{"c":"x","a":[1,{"b":null}]}', true],
    [{ const: [1, 2] }, '[2,1]', false],
    [{ const: [] }, '{}', false],
    [{ const: {} }, '[]', false],
    [{ const: null }, '{}', false],
    [{ const: 0 }, '-0', true],
    [{ const: '1' }, '1', false],
    [{ enum: [{ a: 1 }, [2], null, 'x', 3] }, '{"valueOf":0}', false],
    [{ enum: [{ a: 1 }, [2], null, 'x', 3] }, '{"toString":""}', false],
    [{ enum: [{ a: 1 }, [2], null, 'x', 3] }, '{"a":1}', true],
    [{ enum: [{ a: 1 }, [2], null, 'x', 3] }, '[2]', true],
    [{ enum: [{ a: 1 }, [2], null, 'x', 3] }, 'null', true],
    [{ enum: [{ a: 1 }, [2], null, 'x', 3] }, '3', true],
    [{ enum: [{ a: 1 }, [2], null, 'x', 3] }, '4', false],
    [{ uniqueItems: true }, '[{"valueOf":0},{"toString":0},{"a":1}]', true],
    [{ uniqueItems: true }, '[{"toString":0},{"toString":0}]', false],
    [{ not: { const: { a: 1 } } }, '{"valueOf":0}', true],
  ])('%j of %s: %o', async (schema, payload, isMet) => {
    for (const $schema of [
      'http://json-schema.org/draft-07/schema#',
      'https://json-schema.org/draft/2020-12/schema',
    ]) {
      const check = await openJsonSchema({ ...(schema as object), $schema });
      expect(check(object(payload)) === undefined).toBe(isMet);
    }
  });
});

describe('a check that comes to no answer', () => {
  const undecided = (message: string) => expect.objectContaining({ name: 'Undecided', message });

  it.each<[string, object]>([
    ['$dynamicRef', { $dynamicRef: '#node', $dynamicAnchor: 'node' }],
    [
      '$dynamicRef by way of $ref',
      { $ref: '#/$defs/a', $defs: { a: { $dynamicAnchor: 'a', $dynamicRef: '#a' } } },
    ],
    ['$ref', { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } }],
    ['$ref within not', { not: { $ref: '#/$defs/a' }, $defs: { a: { not: { $ref: '#/$defs/a' } } } }],
  ])('throws, for a schema that refers to itself without end by %s', async (_, schema) => {
    const check = await openJsonSchema(schema);
    expect(() => check({ a: 1 })).toThrow(undecided('recurses too deeply'));
    expect(() => check({ a: 1 })).toThrow(undecided('recurses too deeply'));
  });

  const long = 'a text is too long for its "pattern"';

  it.each<[string, object, Value]>([
    ['a text', { pattern: '([a-z]{1,50}){1,10}0' }, 'a'.repeat(60_000)],
    ['a text that must not match', { not: { pattern: '([a-z]{1,50}){1,10}0' } }, 'a'.repeat(60_000)],
    ['a text for a simple pattern', { pattern: '^[a-z]+$' }, 'a'.repeat(900_000)],
    [
      'the name of a key',
      { patternProperties: { '([a-z]{1,50}){1,10}0': false } },
      { ['a'.repeat(60_000)]: 1 },
    ],
    [
      'many texts, each of which is not',
      { items: { not: { pattern: '(a|b)*a(a|b){20}c$' } } },
      Array.from(
        { length: 20_000 },
        (_, i) => `c${(i + 1000).toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}`,
      ),
    ],
  ])('throws, for %s that takes too much work', async (_, schema, payload) => {
    const check = await openJsonSchema(schema);
    expect(() => check(payload)).toThrow(undecided(long));
    // The next check has all of its bounds again.
    expect(() => check('short')).not.toThrow();
  });

  it('is rare: each check has the whole of its bounds', async () => {
    const check = await openJsonSchema({ items: { pattern: '^[a-z]+$' } });
    const payload = Array.from({ length: 4 }, () => 'a'.repeat(400_000));
    for (let i = 0; i < 3; i++) expect(check(payload)).toBeUndefined();
  });
});

describe('the time that a check takes', () => {
  it('is linear for patterns that would backtrack forever', async () => {
    const check = await openJsonSchema({
      properties: { a: { pattern: '^(a+)+$' }, b: { patternProperties: { '^(x|x)*$': false } } },
    });
    expect(check({ a: `${'a'.repeat(50_000)}!` })).toContain('"pattern"');
    expect(check({ b: { [`${'x'.repeat(50_000)}!`]: 1 } })).toBeUndefined();
  });

  it('is linear for unique items', async () => {
    const check = await openJsonSchema({ uniqueItems: true });
    const items = Array.from({ length: 50_000 }, (_, i) => ({ a: [i, { b: 'x' }] }));
    expect(check(items)).toBeUndefined();
    expect(check([...items, { a: [49_999, { b: 'x' }] }])).toContain('"uniqueItems"');
  });

  it.each(['email', 'idn-email', 'hostname', 'idn-hostname', 'ipv4', 'ipv6', 'uuid', 'date'])(
    'rejects a text that is too long for %s',
    async (format) => {
      const text = `a@${'a-.'.repeat(300_000)}`;
      expect((await openJsonSchema({ format }))(text)).toContain('"format"');
      expect((await openJsonSchema({ not: { format } }))(text)).toBeUndefined();
    },
  );

  it.each([
    'uri',
    'uri-reference',
    'iri',
    'iri-reference',
    'uri-template',
    'json-pointer',
    'relative-json-pointer',
    'regex',
    'time',
    'date-time',
    'duration',
  ])('comes to no answer for text that is too long to be looked at for %s', async (format) => {
    const long = `a@${'a-.'.repeat(300_000)}`;
    for (const schema of [{ format }, { not: { format } }, { anyOf: [{ format }, { minLength: 1 }] }]) {
      const check = await openJsonSchema(schema);
      expect(() => check(long)).toThrow('a text is too long for its "format"');
    }
  });

  it.each([
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['1', '1.0', true],
    ['0', '-0', true],
    ['1', '"1"', false],
    ['[1,2]', '[2,1]', false],
    ['null', 'false', false],
  ])('takes %s and %s for equal: %s', async (a, b, isEqual) => {
    const check = await openJsonSchema({ uniqueItems: true });
    expect(check([JSON.parse(a), JSON.parse(b)]) !== undefined).toBe(isEqual);
  });
});

describe('a format', () => {
  it.each([
    ['date', '2026-02-28', '2026-02-30'],
    ['time', '03:04:05Z', '03:04'],
    ['date-time', '2026-01-02T03:04:05.5+01:00', '2026-01-02'],
    ['duration', 'PT1M', '1m'],
    ['email', 'a@b.example', 'a@'],
    ['hostname', 'a.example', '-a'],
    ['ipv4', '192.0.2.1', '192.0.2.256'],
    ['ipv6', '2001:db8::1', '2001:db8'],
    ['uri', 'coap://x/y', 'x y'],
    ['uuid', '00000000-0000-4000-8000-000000000000', '0000'],
    ['json-pointer', '/a/0', 'a'],
    ['regex', '^a+$', '('],
    ['byte', 'AAE=', 'A'],
  ])('%s takes %s and not %s', async (format, good, bad) => {
    const check = await openJsonSchema({ format });
    expect(check(good)).toBeUndefined();
    expect(check(bad)).toContain(`must match format "${format}"`);
  });
});

describe('integers beyond 2^53', () => {
  const big = 9007199254740993n;

  it.each<[schema: string, good: Value, bad: Value]>([
    ['{"const":9007199254740993}', big, 9007199254740992n],
    ['{"const":9007199254740993}', big, 9007199254740994n],
    ['{"const":[{"a":9007199254740993}]}', [{ a: big }], [{ a: big - 1n }]],
    ['{"const":10000000000000000000}', 10000000000000000000n, 10000000000000000001n],
    ['{"const":1e19}', 10000000000000000000n, 10000000000000000001n],
    ['{"enum":[1,9007199254740993]}', big, big + 1n],
    ['{"enum":["a","b","c","d","e",18446744073709551615]}', 18446744073709551615n, 18446744073709551614n],
    ['{"enum":[{},1e19]}', 10000000000000000000n, 10000000000000000001n],
    ['{"minimum":9007199254740993}', big, big - 1n],
    ['{"maximum":9007199254740993}', big, big + 1n],
    ['{"exclusiveMinimum":9007199254740993}', big + 1n, big],
    ['{"exclusiveMaximum":9007199254740993}', big - 1n, big],
    ['{"minimum":-9007199254740993}', -big, -big - 1n],
    ['{"maximum":18446744073709551615}', 18446744073709551615n, 2 ** 64],
    ['{"maximum":9.5}', 9, big],
    ['{"multipleOf":3}', 9007199254740993n, 9007199254740994n],
    ['{"multipleOf":0.5}', big, 'none'],
    ['{"multipleOf":9007199254740993}', 2n * big, 2n * big + 1n],
    ['{"multipleOf":9007199254740993}', 0, 5],
    ['{"type":"integer"}', big, 'text'],
    ['{"type":"number"}', big, 'text'],
    ['{"type":["string","integer"]}', big, true],
    ['{"type":"integer","minimum":9007199254740993}', big, big - 1n],
    ['{"uniqueItems":true}', [big, big + 1n], [big, big]],
    ['{"uniqueItems":true}', [big, 2 ** 53], [10000000000000000000n, 1e19]],
    ['{"uniqueItems":true}', [{ a: big }, { a: big + 1n }], [{ a: big }, { a: big }]],
    ['{"format":"int64"}', 9223372036854775807n, 9223372036854775808n],
    ['{"format":"int64"}', -9223372036854775808n, -9223372036854775809n],
    ['{"format":"int64"}', 2 ** 62, 2 ** 63],
    ['{"format":"int32"}', 2147483647, big],
  ])('are compared to the last digit by %s', async (schema, good, bad) => {
    const path = join(directory, 'exact.json');
    writeFileSync(path, schema);
    const check = await openJsonSchema(path);
    expect(check(good)).toBeUndefined();
    if (bad !== 'none') expect(check(bad)).toBeDefined();
  });

  it('count as other limits do where a schema counts', async () => {
    const check = await openJsonSchema({
      maxItems: 9007199254740993n,
      minLength: 0,
      maxLength: 9007199254740993n,
    });
    expect(check([1])).toBeUndefined();
    expect(check('text')).toBeUndefined();
  });

  it('may be written in the configuration', async () => {
    const check = await openJsonSchema({ properties: { id: { const: big } } });
    expect(check({ id: big })).toBeUndefined();
    expect(check({ id: big - 1n })).toContain('/id');
  });
});
