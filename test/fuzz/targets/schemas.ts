/** JSON Schemas of message rules, and the values that are checked. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { openJsonSchema } from '../../../src/payload/schema/json-schema.ts';
import { defineTarget, ensure, type Json } from '../target.ts';

/** A schema is opened when a configuration is loaded, and asked about payloads: those are fuzzed. */
export const schemas = async () => {
  const schema: unknown = JSON.parse(readFileSync('examples/payload-gateway/report.schema.json', 'utf8'));
  const strict = {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', pattern: '^[a-z]+(?:-[a-z]+)*$', maxLength: 40 },
      at: { type: 'string', format: 'date-time' },
      list: { type: 'array', uniqueItems: true, maxItems: 20 },
    },
    additionalProperties: { type: ['number', 'boolean', 'null'] },
  };
  const checks = [await openJsonSchema(schema), await openJsonSchema(strict)];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>,
    fc.record(
      {
        id: fc.oneof(fc.constantFrom('a', 'a-b', `${'a-'.repeat(30)}!`), fc.string()),
        at: fc.constantFrom('2026-01-01T00:00:00Z', '2026-13-01T00:00:00Z', ''),
        list: fc.array(fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>, { maxLength: 25 }),
        device: fc.string(),
        unit: fc.string(),
      },
      { requiredKeys: [], noNullPrototype: true },
    ) as unknown as fc.Arbitrary<Json>,
  );
  return defineTarget({
    name: 'schemas',
    input: value,
    check(input: Json) {
      for (const check of checks) {
        const problem = check(input as Parameters<typeof check>[0]);
        ensure(problem === undefined || problem !== '', 'nothing, or what is wrong');
      }
    },
  });
};
