/** Merges values of variables and flags into the content of a file. */
import * as z from 'zod';
import { alternatives } from '../lib/schema/walk.ts';
import type { Key } from './key.ts';

/** A key's value, from a variable or a flag. */
export interface GivenValue {
  /** The path of the key. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** Its origin: `flag --port`. */
  readonly where: string;
}

/** Returns the content with every given value; a later one wins. */
export function mergeSources(content: unknown, given: readonly GivenValue[]): unknown {
  return given.reduce((values, { path, value }) => setAt(values, path, value), content);
}

/** Returns a copy with the value at the path. Anything but a mapping is kept, to be reported later. */
function setAt(content: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return content;
  const child = (content as Record<string, unknown>)[name];
  return { ...content, [name]: setAt(child === undefined ? {} : child, rest, value) };
}

/** Parses a text: tries what the schema accepts of text, number and boolean, in this order. */
export function readText(key: Key, text: string): unknown {
  if (key.takes !== 'list') return readScalar(key.schema, text);
  const list = alternatives(key.schema).find((type) => type instanceof z.ZodArray);
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '').map((item) => readScalar(list?.element, item));
}

function readScalar(schema: z.core.$ZodType | undefined, text: string): unknown {
  if (schema === undefined) return text;
  return meanings(text).find((value) => z.safeParse(schema, value).success) ?? text;
}

function meanings(text: string): unknown[] {
  const trimmed = text.trim();
  const isNumber = /^-?\d+(\.\d+)?$/.test(trimmed);
  const isBoolean = trimmed === 'true' || trimmed === 'false';
  return [text, ...(isNumber ? [Number(trimmed)] : []), ...(isBoolean ? [trimmed === 'true'] : [])];
}
