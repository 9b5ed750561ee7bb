/** The work of a check is counted for all that a payload can make of a schema, and one message has one budget. */
import { describe, expect, it } from 'vitest';
import { openJsonSchema } from '../../../src/payload/schema/json-schema.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const keysOf = (count: number) => Object.fromEntries(numbers(count).map((i) => [`key-${i}`, i]));
const tooMuch = expect.objectContaining({ name: 'Undecided', message: 'takes too much work' });

/** Each level of the payload asks every branch, and the last one does what the leaf says. */
function branching(leaf: object): object {
  const next = { properties: { next: { $ref: '#' } }, required: ['next'] };
  return { anyOf: [{ ...next, maxProperties: 0 }, { ...next, minProperties: 5 }, next, leaf] };
}

function nested(depth: number, leaf: unknown): unknown {
  let payload = leaf;
  for (let i = 0; i < depth; i++) payload = { next: payload };
  return payload;
}

const items = numbers(50_000);
const leaves: readonly (readonly [string, object, unknown])[] = [
  ['uniqueItems', { type: 'array', uniqueItems: true }, items],
  ['items', { type: 'array', items: { type: 'number' } }, items],
  ['contains', { type: 'array', contains: { const: -1 } }, items],
  ['const', { const: [...items.slice(0, -1), -1] }, items],
  ['enum', { enum: [[...items.slice(0, -1), -1], 'a'] }, items],
  ['additionalProperties', { additionalProperties: { type: 'number' } }, keysOf(50_000)],
  ['propertyNames', { propertyNames: { minLength: 1 } }, keysOf(50_000)],
  ['minProperties', { minProperties: 60_000 }, keysOf(50_000)],
  ['maxLength', { type: 'string', maxLength: 300_000 }, 'a'.repeat(500_000)],
  ['format', { items: { format: 'uri' } }, numbers(400).map(() => `http://${'a'.repeat(2000)}`)],
];

describe('a schema that asks for the same in several branches', () => {
  it.each(leaves)('comes to no answer where %s would take too much work', async (_, leaf, payload) => {
    const schema = {
      $defs: { leaf },
      allOf: numbers(300).map(() => ({
        anyOf: [{ maxLength: 0, type: 'string' }, { allOf: [{ $ref: '#/$defs/leaf' }, false] }, true],
      })),
    };
    const check = await openJsonSchema(schema);
    expect(() => check(payload as never)).toThrow(tooMuch);
    expect(check('')).toBeUndefined();
  });

  it('comes to no answer where each level of the payload doubles the work', async () => {
    const below = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] };
    const twice = { oneOf: [{ allOf: [below, false] }, below, { type: 'array', uniqueItems: true }] };
    const check = await openJsonSchema(twice);
    expect(check(nested(2, numbers(1000)) as never)).toBeUndefined();
    expect(() => check(nested(8, items) as never)).toThrow(tooMuch);
  });

  it('is answered if the payload is not larger than others', async () => {
    const check = await openJsonSchema(
      branching({ type: 'array', uniqueItems: true, items: { type: 'number' } }),
    );
    expect(check(nested(3, numbers(1000)) as never)).toBeUndefined();
  });
});

describe('a large payload', () => {
  it.each<[string, object, unknown]>([
    ['a list of numbers', { type: 'array', items: { type: 'number', minimum: 0 } }, numbers(300_000)],
    ['a list without equal items', { uniqueItems: true }, numbers(200_000)],
    [
      'a list of objects',
      {
        items: {
          type: 'object',
          properties: { id: { type: 'string', format: 'uuid' }, v: { enum: [1, 2, { a: 1 }] } },
          required: ['id', 'v'],
          additionalProperties: false,
        },
      },
      numbers(20_000).map((i) => ({
        id: `01234567-89ab-cdef-0123-${String(i).padStart(12, '0')}`,
        v: { a: 1 },
      })),
    ],
    ['an object of many keys', { additionalProperties: { type: 'number' } }, keysOf(60_000)],
  ])('is answered: %s', async (_, schema, payload) => {
    const check = await openJsonSchema(schema);
    for (let i = 0; i < 3; i++) expect(check(payload as never)).toBeUndefined();
  });
});

describe('all checks of one message', () => {
  it('share a limit', async () => {
    const check = await openJsonSchema({ uniqueItems: true });
    const work = { checkWork: 0 };
    expect(check(numbers(200_000), work)).toBeUndefined();
    expect(check(numbers(200_000), work)).toBeUndefined();
    expect(() => check(numbers(200_000), work)).toThrow(tooMuch);
    expect(check(numbers(200_000))).toBeUndefined();
  });

  it('have what their patterns took counted', async () => {
    const check = await openJsonSchema({ pattern: '^[a-z]+$' });
    const work = { checkWork: 0 };
    expect(check('a'.repeat(400_000), work)).toBeUndefined();
    expect(work.checkWork).toBeGreaterThanOrEqual(100_000);
  });
});
