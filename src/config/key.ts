/** A configuration key, with its environment variable and its flag. */
import * as z from 'zod';
import { alternatives, unwrap, writtenDefault } from '../lib/schema/walk.ts';
import { Config } from './schema.ts';

export interface Key {
  /** As written in the file: `limits.messageBytes`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
  readonly description: string;
  /** As written in a file; `undefined` when absence has a meaning. */
  readonly default: unknown;
  /**
   * How a text sets it: a list is comma separated, a switch is a flag without a value. `none`: only settable
   * in the file.
   */
  readonly takes: 'text' | 'list' | 'switch' | 'none';
  /** A later one wins. */
  readonly variables: readonly string[];
  /** Without the leading `--`. */
  readonly flags: readonly string[];
}

/** Short names: platforms set `PORT`. */
export const short: Readonly<Record<string, { readonly variable: string; readonly flag: string }>> = {
  'listen.host': { variable: 'HOST', flag: 'host' },
  'listen.port': { variable: 'PORT', flag: 'port' },
};

let all: readonly Key[] | undefined;

/**
 * Returns every key, in the order of the schema. Keys that only a file can set have no variables and no
 * flags.
 *
 * This builds the schema of every section, which takes longer than reading most configurations: use
 * find-key.ts for a few keys.
 */
export function allKeys(): readonly Key[] {
  all ??= collect(Config, []);
  return all;
}

function collect(schema: z.core.$ZodType, path: readonly string[]): Key[] {
  const shape = shapeOf(schema);
  if (shape === undefined) return [keyOf(schema, path)];
  return Object.entries(shape).flatMap(([name, child]) => collect(child, [...path, name]));
}

/** Returns the keys of a section; nothing for a value. */
export function shapeOf(schema: z.core.$ZodType): z.core.$ZodLooseShape | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}

export function keyOf(schema: z.core.$ZodType, path: readonly string[]): Key {
  const name = path.join('.');
  const takes = takesOf(schema);
  return {
    name,
    path,
    schema,
    description: (schema as z.ZodType).description ?? '',
    default: writtenDefault(schema),
    takes,
    ...namesOf(path, takes),
  };
}

/** Returns the variables and flags of a path. */
export function namesOf(path: readonly string[], takes: Key['takes']): Pick<Key, 'variables' | 'flags'> {
  if (takes === 'none') return { variables: [], flags: [] };
  const name = path.join('.');
  const variable = `EXHOOK_${words(path).join('_').toUpperCase()}`;
  return {
    variables: [...pick(short[name]?.variable), variable],
    flags: [...pick(short[name]?.flag), words(path).join('-')],
  };
}

function pick(name: string | undefined): string[] {
  return name === undefined ? [] : [name];
}

/** `limits.messageBytes` -> limits, message, bytes */
export function words(path: readonly string[]): string[] {
  return path.flatMap((name) => name.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
}

function takesOf(schema: z.core.$ZodType): Key['takes'] {
  const types = alternatives(schema);
  if (types.some((type) => type instanceof z.ZodArray && takesOf(type.element as z.ZodType) === 'text'))
    return 'list';
  if (!types.some(isScalar)) return 'none';
  return types.every((type) => type instanceof z.ZodBoolean) ? 'switch' : 'text';
}

function isScalar(type: z.core.$ZodType): boolean {
  return [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral].some(
    (kind) => type instanceof kind,
  );
}
