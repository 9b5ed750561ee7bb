/** `const` and `enum`, by the equality of JSON Schema: ajv's own looks at inherited names, and a payload can bring them. */
import type { FuncKeywordDefinition } from 'ajv';
import { Undecided } from './json-schema-undecided.ts';

/** Neither a schema nor a payload nests deeper by far. */
const MAX_DEPTH = 1000;

/**
 * Are two values of JSON equal? The order of keys does not matter, that of items does.
 *
 * @throws Undecided for values that nest too deeply
 */
export function isJsonEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (depth > MAX_DEPTH) throw new Undecided('nests too deeply');
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => isJsonEqual(item, b[i], depth + 1));
  }
  const entries = Object.entries(a);
  if (entries.length !== Object.keys(b).length) return false;
  const other = b as Readonly<Record<string, unknown>>;
  return entries.every(([key, value]) => Object.hasOwn(b, key) && isJsonEqual(value, other[key], depth + 1));
}

/** In the place of those of ajv, with the same texts. */
export const equalityKeywords: readonly FuncKeywordDefinition[] = [
  {
    keyword: 'const',
    error: { message: 'must be equal to constant' },
    compile: (wanted: unknown) => (value: unknown) => isJsonEqual(value, wanted),
  },
  {
    keyword: 'enum',
    schemaType: 'array',
    error: { message: 'must be equal to one of the allowed values' },
    compile: oneOf,
  },
];

/** A list of texts and numbers may be long. */
function oneOf(allowed: readonly unknown[]): (value: unknown) => boolean {
  const scalars = new Set(allowed.filter((each) => !isObject(each)));
  const objects = allowed.filter(isObject);
  return (value) => (isObject(value) ? objects.some((each) => isJsonEqual(value, each)) : scalars.has(value));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
