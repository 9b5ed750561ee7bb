/** Reads the JSON Schema of the configuration for an editor: which keys and values fit at a path. */
import type { Segment } from './yaml-path.ts';

export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Schemas that refer to themselves end here. */
const MOST_DEPTH = 12;

/** All schemas that may hold at a path: alternatives side by side. */
export function schemasAt(root: Schema, path: readonly Segment[]): readonly Schema[] {
  let found = alternatives(root, root);
  for (const segment of path) found = found.flatMap((schema) => stepInto(root, schema, segment));
  return found;
}

function stepInto(root: Schema, schema: Schema, segment: Segment): readonly Schema[] {
  const { properties = {}, additionalProperties, items } = schema;
  if (typeof segment === 'number') return items === undefined ? [] : alternatives(root, items);
  const property = Object.hasOwn(properties, segment) ? properties[segment] : additionalProperties;
  return typeof property === 'object' ? alternatives(root, property) : [];
}

function alternatives(root: Schema, schema: Schema, depth = 0): readonly Schema[] {
  if (depth > MOST_DEPTH) return [];
  const { $ref, anyOf = [], oneOf = [], allOf = [] } = schema;
  const referred = $ref === undefined ? undefined : resolve(root, $ref);
  const others = [...anyOf, ...oneOf, ...allOf, ...(referred === undefined ? [] : [referred])];
  return [schema, ...others.flatMap((other) => alternatives(root, other, depth + 1))];
}

/** @param reference `#/$defs/name` or another pointer into the same document */
function resolve(root: Schema, reference: string): Schema | undefined {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  const names = steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: unknown = root;
  for (const name of names) value = (value as Record<string, unknown> | undefined)?.[name];
  return value as Schema | undefined;
}

export interface Suggestion {
  readonly label: string;
  readonly description: string;
}

/** Keys that fit below a path. */
export function keysAt(root: Schema, path: readonly Segment[]): readonly Suggestion[] {
  const found = new Map<string, string>();
  for (const { properties = {} } of schemasAt(root, path))
    for (const [name, property] of Object.entries(properties))
      if (!found.has(name)) found.set(name, describe(root, property));
  return [...found].map(([label, description]) => ({ label, description }));
}

/** Values that fit at a path, where there are only some. */
export function valuesAt(root: Schema, path: readonly Segment[]): readonly Suggestion[] {
  const values = schemasAt(root, path).flatMap((schema) => [
    ...(schema.enum ?? []),
    ...('const' in schema ? [schema.const] : []),
    ...(schema.type === 'boolean' ? [true, false] : []),
  ]);
  return [...new Set(values.map(String))].map((label) => ({ label, description: '' }));
}

/** What a key means, with its default; empty when the schema says nothing. */
export function describeAt(root: Schema, path: readonly Segment[]): string {
  const found = schemasAt(root, path);
  const description = found.find((schema) => schema.description !== undefined)?.description ?? '';
  const fallback = found.find((schema) => schema.default !== undefined)?.default;
  const text = fallback === undefined ? '' : JSON.stringify(fallback);
  return [description, text !== '' && text.length < 80 ? `Default: ${text}.` : ''].filter(Boolean).join(' ');
}

function describe(root: Schema, schema: Schema): string {
  return alternatives(root, schema).find(({ description }) => description !== undefined)?.description ?? '';
}
