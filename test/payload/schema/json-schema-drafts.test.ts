/** Keywords of real schemas, and their meaning in each draft. */
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/payload/codecs/codec.ts';
import { openJsonSchema } from '../../../src/payload/schema/json-schema.ts';

const payload = (text: string) => JSON.parse(text) as Value;

/** `if` and `then`: an object that has the latter looks like a promise, which the linter refuses. */
const conditional = (condition: unknown, consequence: unknown): object =>
  Object.fromEntries([
    ['if', condition],
    ['then', consequence],
  ]);

async function isMet(schema: unknown, text: string): Promise<boolean> {
  return (await openJsonSchema(schema))(payload(text)) === undefined;
}

describe('names that every object inherits are properties only where the payload has them', () => {
  it.each<[object, string, boolean]>([
    [{ required: ['constructor'] }, '{}', false],
    [{ required: ['constructor'] }, '{"constructor":1}', true],
    [{ required: ['a', '__proto__'] }, '{"a":1}', false],
    [{ properties: { valueOf: { type: 'string' }, toString: { type: 'string' } } }, '{}', true],
    [{ properties: { valueOf: { type: 'string' } } }, '{"valueOf":1}', false],
    [{ dependentRequired: { a: ['hasOwnProperty'] } }, '{"a":1}', false],
    [{ dependentRequired: { toString: ['a'] } }, '{}', true],
    [{ dependentSchemas: { toString: { required: ['b'] } } }, '{}', true],
    [{ dependentSchemas: { toString: { required: ['b'] } } }, '{"toString":1}', false],
    [{ dependencies: { valueOf: ['b'], constructor: false } }, '{}', true],
    [conditional({ required: ['toString'] }, { required: ['x'] }), '{}', true],
    [{ properties: { a: true }, unevaluatedProperties: false }, '{"toString":1}', false],
    [{ properties: { a: true }, additionalProperties: false }, '{"constructor":1}', false],
    [{ $ref: '#/$defs/constructor', $defs: { constructor: { type: 'string' } } }, '1', false],
  ])('%j of %s: %o', async (schema, text, expected) => {
    expect(await isMet(schema, text)).toBe(expected);
  });

  it('leads a reference to nothing that the schema inherits', async () => {
    await expect(openJsonSchema({ $ref: '#/$defs/valueOf', $defs: {} })).rejects.toThrow('points to nothing');
  });
});

describe('multipleOf', () => {
  it('takes all tenths from 0.0 to 99.9 for multiples of 0.1', async () => {
    const check = await openJsonSchema({ multipleOf: 0.1 });
    const tenths = Array.from({ length: 1000 }, (_, i) => Number(`${Math.floor(i / 10)}.${i % 10}`));
    expect(tenths.filter((value) => check(value) !== undefined)).toStrictEqual([]);
    expect(check(0.15)).toBe('the payload must be multiple of 0.1 ("multipleOf")');
  });
});

describe('a draft', () => {
  const bases = [
    'json-schema.org/draft-04/schema',
    'json-schema.org/draft-06/schema',
    'json-schema.org/draft-07/schema',
    'json-schema.org/draft/2019-09/schema',
    'json-schema.org/draft/2020-12/schema',
  ];

  it.each(
    bases.flatMap((base) =>
      ['http', 'https'].flatMap((scheme) => ['', '#'].map((end) => `${scheme}://${base}${end}`)),
    ),
  )('may be written as %s', async ($schema) => {
    const warnings: string[] = [];
    const check = await openJsonSchema(
      { $schema, type: 'object', properties: { a: { type: 'integer' } } },
      { onWarning: (warning) => warnings.push(warning) },
    );
    expect(check({ a: 1 })).toBeUndefined();
    expect(check({ a: 'x' })).toBe('/a must be integer ("type")');
    expect(warnings).toStrictEqual([]);
  });

  it('that is not known is an error that names those that are', async () => {
    for (const $schema of ['http://json-schema.org/draft-03/schema#', 'https://acme.example/schema', 4])
      await expect(openJsonSchema({ $schema })).rejects.toThrow('2020-12, 2019-09, 07, 06 or 04');
  });

  it.each<[string, object, string, boolean]>([
    ['04', { minimum: 5, exclusiveMinimum: true }, '5', false],
    ['04', { maximum: 5, exclusiveMaximum: false }, '5', true],
    [
      '04',
      {
        id: 'http://x/root',
        properties: { a: { $ref: 'part' } },
        definitions: { p: { id: 'part', type: 'string' } },
      },
      '{"a":1}',
      false,
    ],
    ['04', { const: 1 }, '2', true],
    ['06', { exclusiveMinimum: 5 }, '5', false],
    ['06', { contains: { const: 1 } }, '[2]', false],
    ['06', conditional(true, false), '1', true],
    ['07', conditional({ type: 'string' }, { minLength: 2 }), '"a"', false],
    ['07', { $ref: '#/definitions/a', type: 'string', definitions: { a: {} } }, '1', true],
    ['07', { items: [{ type: 'string' }], additionalItems: false }, '["a",1]', false],
  ])('%s means its own keywords: %j of %s: %o', async (draft, schema, text, expected) => {
    expect(await isMet({ $schema: `http://json-schema.org/draft-${draft}/schema#`, ...schema }, text)).toBe(
      expected,
    );
  });

  it.each<[object, string, boolean]>([
    [{ $ref: '#item', $defs: { a: { $anchor: 'item', type: 'string' } } }, '1', false],
    [{ properties: { ab: { minimum: 1 } }, patternProperties: { '^a': { maximum: 5 } } }, '{"ab":9}', false],
    [{ properties: { ab: { minimum: 1 } }, patternProperties: { '^a': { maximum: 5 } } }, '{"ab":3}', true],
    [{ contains: { const: 1 }, minContains: 0 }, '[]', true],
    [{ contains: { const: 1 }, minContains: 0, maxContains: 1 }, '[1,1]', false],
    [{ if: { minimum: 5 } }, '1', true],
    [{ if: { minimum: 5 }, else: false }, '1', false],
    [{ else: false }, '1', true],
    [{ type: 'string', nullable: true }, 'null', true],
    [{ pattern: '^\\S+$' }, '"a\u00a0b"', false],
  ])('2020-12: %j of %s: %o', async (schema, text, expected) => {
    expect(await isMet(schema, text)).toBe(expected);
  });
});

describe('unknown keywords', () => {
  const warned = async (schema: object, formats?: 'annotate') => {
    const warnings: string[] = [];
    const onWarning = (warning: string) => warnings.push(warning);
    return { check: await openJsonSchema(schema, { formats, onWarning }), warnings };
  };

  it('are annotations, and are warned of once', async () => {
    const { check, warnings } = await warned({
      example: 1,
      discriminator: { propertyName: 'kind' },
      'x-note': {},
      properties: { a: { type: 'string', units: 'C', example: 'x', minimun: 1 } },
    });
    expect(check({ a: 1 })).toBe('/a must be string ("type")');
    expect(warnings).toStrictEqual([
      'unknown keywords check nothing: "example", "discriminator", "units", "minimun"',
    ]);
  });

  it('are formats as well', async () => {
    const { check, warnings } = await warned({ format: 'colour' });
    expect(check('x')).toBeUndefined();
    expect(warnings).toStrictEqual(['unknown formats check nothing: "colour"']);
  });

  it('hold no schema to which an $id could lead', async () => {
    await expect(
      openJsonSchema({ $ref: 'https://a.example/x', unknown: { $id: 'https://a.example/x' } }),
    ).rejects.toThrow('points outside the schema');
  });

  it('are not keywords that only describe, nor those with the prefix x-', async () => {
    const known = {
      title: '',
      description: '',
      default: 1,
      examples: [],
      $comment: '',
      deprecated: true,
      readOnly: true,
    };
    expect(
      (await warned({ ...known, 'x-a': 1, contentEncoding: 'base64', $defs: {} })).warnings,
    ).toStrictEqual([]);
  });
});

describe('a format', () => {
  it.each([
    ['date-time', '2026-01-02T03:04:05+01', false],
    ['date-time', '2026-01-02T24:59:60Z', false],
    ['date-time', '2026-01-02 03:04:05Z', false],
    ['date-time', '2026-01-02T03:04:05+0100', false],
    ['date-time', '2016-12-31T23:59:60Z', true],
    ['time', '03:04:05+0100', false],
    ['time', '03:04:05', false],
    ['time', '23:59:60Z', true],
    ['time', '22:59:60Z', false],
    ['time', '00:59:60+01:00', true],
    ['time', '03:04:61Z', false],
    ['uuid', 'urn:uuid:00000000-0000-4000-8000-000000000000', false],
    ['duration', 'P1Y2D', false],
    ['duration', 'PT1H2S', false],
    ['duration', 'P1Y2M3DT4H5M6S', true],
    ['email', 'te..st@example.com', false],
    ['email', 'a@[IPv6:::1]', true],
    ['email', 'a@[x:y]', false],
    ['hostname', 'xn--X', false],
    ['hostname', 'a.example.', false],
    ['idn-hostname', 'bücher.example', true],
    ['idn-email', 'ü@bücher.example', true],
    ['idn-email', 'ü@bü cher.example', false],
    ['uri', 'http://[V1.fe]/', true],
    ['uri', 'http://[::1/', false],
    ['iri', 'http://ü.example/ä', true],
    ['int32', 'text is no number', true],
  ])('%s: %j: %o', async (format, text, expected) => {
    expect(await isMet({ format }, JSON.stringify(text))).toBe(expected);
  });

  it('writes nothing to standard output, whatever the text', async () => {
    const written: unknown[] = [];
    const { log } = console;
    console.log = (...all: unknown[]) => written.push(all);
    try {
      for (const format of ['hostname', 'idn-hostname', 'email', 'idn-email', 'uri', 'iri'])
        for (const text of ['xn--X', 'a@xn--X', 'ü@\u302e', '\u302e', '.', ''])
          await isMet({ format }, JSON.stringify(text));
    } finally {
      console.log = log;
    }
    expect(written).toStrictEqual([]);
  });

  it('only describes where the configuration says so', async () => {
    const check = await openJsonSchema({ format: 'ipv4' }, { formats: 'annotate' });
    expect(check('x')).toBeUndefined();
  });
});

describe('a check of a schema that refers to itself', () => {
  it('comes to no answer rather than to take time by the power of the depth', async () => {
    const branch = { type: 'object', properties: { a: { $ref: '#' } } };
    const check = await openJsonSchema({
      anyOf: [branch, { ...branch, minProperties: 1 }, { type: 'null' }],
    });
    let deep: Value = 1;
    for (let i = 0; i < 60; i++) deep = { a: deep };
    expect(() => check(deep)).toThrow(expect.objectContaining({ name: 'Undecided' }));
    expect(check(null)).toBeUndefined();
  });

  it('has its own scope after one that failed to answer', async () => {
    const check = await openJsonSchema({
      $id: 'https://a.example/list',
      $dynamicAnchor: 'node',
      type: ['object', 'null'],
      properties: { next: { $dynamicRef: '#node' } },
    });
    let deep: Value = null;
    for (let i = 0; i < 60; i++) deep = { next: deep };
    expect(check(deep)).toBeUndefined();
    expect(check({ next: { next: 1 } })).toBe('/next/next must be object,null ("type")');
  });
});
