/** Finds the key of a flag or a variable. Builds the schemas of only those sections that may have it. */
import type * as z from 'zod';
import { type Key, keyOf, shapeOf, short, words } from './key.ts';
import { Config } from './schema.ts';

/** A key, and its index at each depth. */
export interface FoundKey {
  readonly key: Key;
  readonly order: readonly number[];
}

const PREFIX = 'EXHOOK_';

/** @param flag without the leading `--` */
export function findKeyByFlag(flag: string): Key | undefined {
  const path = pathOfShort('flag', flag);
  const found = path ? findByPath(path) : findByWords(flag.split('-'));
  return found?.key.flags.includes(flag) ? found.key : undefined;
}

export function findKeyByVariable(variable: string): FoundKey | undefined {
  const path = pathOfShort('variable', variable);
  if (path === undefined && !variable.startsWith(PREFIX)) return undefined;
  const found = path ? findByPath(path) : findByWords(variable.slice(PREFIX.length).toLowerCase().split('_'));
  return found?.key.variables.includes(variable) ? found : undefined;
}

/** @param name `limits.messageBytes` */
export function findKeyByName(name: string): Key | undefined {
  const found = findByPath(name.split('.'));
  return found?.key.name === name ? found.key : undefined;
}

function pathOfShort(kind: 'flag' | 'variable', name: string): readonly string[] | undefined {
  return Object.keys(short)
    .find((path) => short[path]?.[kind] === name)
    ?.split('.');
}

function findByPath(path: readonly string[]): FoundKey | undefined {
  return find((name, depth) => (path[depth] === name ? 1 : undefined), path.length);
}

function findByWords(given: readonly string[]): FoundKey | undefined {
  return find((name, at) => {
    const own = words([name]);
    return own.every((word, i) => given[at + i] === word) ? own.length : undefined;
  }, given.length);
}

/**
 * Finds the first key that matches completely.
 *
 * @param take returns how much of the searched text a name matches at an offset; `undefined`: no match.
 * @param length of the searched text
 */
function find(take: (name: string, at: number) => number | undefined, length: number): FoundKey | undefined {
  const search = (
    schema: z.core.$ZodType,
    path: readonly string[],
    order: readonly number[],
    at: number,
  ): FoundKey | undefined => {
    const shape = shapeOf(schema);
    if (shape === undefined) return at === length ? { key: keyOf(schema, path), order } : undefined;
    for (const [i, name] of Object.keys(shape).entries()) {
      const taken = take(name, at);
      if (taken === undefined) continue;
      const child = shape[name] as z.core.$ZodType;
      const found = search(child, [...path, name], [...order, i], at + taken);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(Config, [], [], 0);
}
