/** Marks values of a section that are file paths, and finds them by the mark. */
import * as z from 'zod';
import { text } from './builders.ts';
import { alternatives } from './walk.ts';

type Type = z.core.$ZodType;

const files = z.registry<{ readonly isFile: true }>();

/** The path of a file or directory, relative to the configuration file. */
export function path(example: string) {
  return text('a path', `a path such as ${example}`).register(files, { isFile: true });
}

type Resolve = (path: string) => string;

/**
 * Copies a value that fits the schema with every file path resolved. Reads the schema only where the value is
 * set.
 */
export function resolveFiles<Value>(schema: Type, value: Value, resolve: Resolve): Value {
  return alternatives(schema).reduce<unknown>((read, type) => resolveIn(type, read, resolve), value) as Value;
}

function resolveIn(type: Type, value: unknown, resolve: Resolve): unknown {
  if (typeof value === 'string') return files.get(type as z.ZodType) === undefined ? value : resolve(value);
  if (Array.isArray(value))
    return type instanceof z.ZodArray
      ? value.map((item) => resolveFiles(type.element, item, resolve))
      : value;
  if (typeof value !== 'object' || value === null || !isMapping(type)) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const schema = schemaOf(type, key);
    return [key, schema === undefined || inner === undefined ? inner : resolveFiles(schema, inner, resolve)];
  });
  return Object.fromEntries(entries);
}

function isMapping(type: Type): boolean {
  return type instanceof z.ZodObject || type instanceof z.ZodRecord;
}

function schemaOf(type: Type, key: string): Type | undefined {
  if (type instanceof z.ZodRecord) return type.valueType;
  return type instanceof z.ZodObject && Object.hasOwn(type.shape, key) ? type.shape[key] : undefined;
}
