/** A JSON Schema as written, and how to find its parts. */

export type SchemaObject = { readonly [keyword: string]: unknown };
export type Schema = SchemaObject | boolean;

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || isSchemaObject(value);
}

/** Own keywords only: a schema inherits `constructor` and the like. */
export function keywordOf(schema: SchemaObject, keyword: string): unknown {
  return Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
}

/** How the value of a keyword contains schemas. */
type Holds = 'schema' | 'list' | 'map' | 'schema or list';

const applicators: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  ...['additionalItems', 'additionalProperties', 'contains', 'contentSchema', 'else', 'if', 'not'].map(
    (keyword) => [keyword, 'schema'] as const,
  ),
  ...['propertyNames', 'then', 'unevaluatedItems', 'unevaluatedProperties'].map(
    (keyword) => [keyword, 'schema'] as const,
  ),
  ['items', 'schema or list'],
  ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((keyword) => [keyword, 'list'] as const),
  ...['$defs', 'definitions', 'dependencies', 'dependentSchemas', 'patternProperties', 'properties'].map(
    (keyword) => [keyword, 'map'] as const,
  ),
]);

/** Returns the direct subschemas of a schema, as declared by its keywords. */
export function* subschemasOf(schema: SchemaObject): Iterable<Schema> {
  for (const [keyword, value] of Object.entries(schema)) {
    const holds = applicators.get(keyword);
    if (holds === undefined) continue;
    yield* within(value, holds).filter(isSchema);
  }
}

function within(value: unknown, holds: Holds): unknown[] {
  if (Array.isArray(value)) return holds === 'list' || holds === 'schema or list' ? value : [];
  if (holds !== 'map') return [value];
  return isSchemaObject(value) ? Object.values(value) : [];
}

/** Returns the target of a JSON Pointer (RFC 6901), or `undefined`. */
export function followPointer(root: unknown, pointer: string): unknown {
  let at: unknown = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}
