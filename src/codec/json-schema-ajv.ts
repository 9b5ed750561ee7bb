/** ajv, set up for payloads that are not trusted. */
import type { Ajv, Options } from 'ajv';
import { equalityKeywords } from './json-schema-equal.ts';
import { boundedFormats } from './json-schema-formats.ts';
import { compilePattern } from './json-schema-pattern.ts';
import { hasUniqueItems } from './json-schema-unique.ts';

const options: Options = {
  // Unknown keywords are refused: most are a slip of the pen that would check nothing.
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allowUnionTypes: true,
  // Stops at the first failure.
  allErrors: false,
  // Errors do not hold the value that is wrong.
  verbose: false,
  logger: false,
  code: { regExp: compilePattern },
};

/** The ajv for the draft that the schema names. @throws TypeError for another draft */
export async function createAjv(schema: unknown, name: string): Promise<Ajv> {
  const ajv = new (await loadDraft(dialectOf(schema), name))(options);
  for (const [format, definition] of boundedFormats) ajv.addFormat(format, definition);
  for (const definition of equalityKeywords) {
    ajv.removeKeyword(definition.keyword as string);
    ajv.addKeyword(definition);
  }
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have items that are equal' },
    validate: (isWanted: boolean, items: readonly unknown[]) => !isWanted || hasUniqueItems(items),
  });
  // As in OpenAPI: names that begin so are for other programs.
  ajv.addVocabulary([...extensionKeywords(schema)]);
  return ajv;
}

function dialectOf(schema: unknown): unknown {
  return typeof schema === 'object' && schema !== null
    ? (schema as { $schema?: unknown }).$schema
    : undefined;
}

/** By `default`, which is all that a bundler gives of a CommonJS module that is imported when needed. */
async function loadDraft(dialect: unknown, name: string): Promise<new (options: Options) => Ajv> {
  const draft = typeof dialect === 'string' ? dialect.replace(/^https?:\/\/|#$/g, '') : dialect;
  switch (draft) {
    case undefined:
    case 'json-schema.org/draft/2020-12/schema':
      return (await import('ajv/dist/2020.js')).default.Ajv2020;
    case 'json-schema.org/draft/2019-09/schema':
      return (await import('ajv/dist/2019.js')).default.Ajv2019;
    case 'json-schema.org/draft-07/schema':
      return (await import('ajv')).default.Ajv;
    default:
      throw new TypeError(`${name}: "$schema" must be that of the draft 2020-12, 2019-09 or 07`);
  }
}

function extensionKeywords(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-')) found.add(key);
    extensionKeywords(value, found);
  }
  return found;
}
