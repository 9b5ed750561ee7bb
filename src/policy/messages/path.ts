/** Paths into a payload: `a.b`, `readings[0].value`, `["a.b"].c`. */
import { fail } from './failure.ts';
import { isValueObject, type Value, type ValueObject } from './value.ts';

/** Keys of objects, and indices of lists from 0. */
export type Path = readonly (string | number)[];

const STEP = /\.?([^.[\]"'\s]+)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** Parses a path, or returns what is wrong with it. An empty text means the whole payload. */
export function parsePath(source: string): Path | { readonly problem: string } {
  const path: (string | number)[] = [];
  let at = 0;
  while (at < source.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(source);
    const [text, name, index, quoted] = found ?? [];
    const isFirst = at === 0;
    if (text === undefined || (name !== undefined && isFirst === text.startsWith('.')))
      return { problem: `"${source}" is not a path; write one such as a.b, list[0].c or ["a.b"]` };
    path.push(index === undefined ? (name ?? unquote(quoted)) : Number(index));
    at += text.length;
  }
  if (path.includes('__proto__')) return { problem: '"__proto__" is not allowed as a field name' };
  return path;
}

function unquote(text = ''): string {
  return text.replace(/\\(.)/g, '$1');
}

/** Formats a path the way people write it. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[^.[\]"'\s]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `["${step.replace(/["\\]/g, '\\$&')}"]`;
  }
  return text;
}

/** Returns the value at the path, or `undefined`. Reads own fields only. */
export function readPath(value: Value, path: Path): Value | undefined {
  let at: Value | undefined = value;
  for (const step of path) {
    if (Array.isArray(at)) at = typeof step === 'number' ? at[step] : undefined;
    else if (isValueObject(at)) at = Object.hasOwn(at, String(step)) ? at[String(step)] : undefined;
    else return undefined;
  }
  return at;
}

/** Objects and lists created in this step of a rule. Nothing else refers to them: they may be changed in place. */
export type Copies = Set<object>;

/**
 * Returns the value with another one at the path. Creates missing objects on the way; changes only copies in place.
 * copies.
 *
 * @param copies objects copied so far; extended by this call. Default: none
 * @throws RuleFailure if a value on the way is neither object nor list.
 */
export function writePath(value: Value | undefined, path: Path, to: Value, copies?: Copies, done = 0): Value {
  const step = path[done];
  if (step === undefined) return to;
  if (Array.isArray(value)) {
    if (typeof step !== 'number' || step >= value.length) return fail(`${placeOf(path, done)} is not there`);
    return withItem(value, step, writePath(value[step], path, to, copies, done + 1), copies);
  }
  if (value !== undefined && !isValueObject(value))
    return fail(`${done === 0 ? 'the payload' : placeOf(path, done - 1)} is not an object`);
  const key = String(step);
  const before = value !== undefined && Object.hasOwn(value, key) ? value[key] : undefined;
  return withField(value, key, writePath(before, path, to, copies, done + 1), copies);
}

/** Twice as fast as a spread with a computed name. `__proto__` cannot occur: paths and payloads exclude it. */
function withField(
  object: ValueObject | undefined,
  key: string,
  value: Value,
  copies: Copies | undefined,
): ValueObject {
  const isOwn = object !== undefined && copies?.has(object) === true;
  const copy: Record<string, Value> = isOwn ? object : Object.assign({}, object);
  copy[key] = value;
  copies?.add(copy);
  return copy;
}

function withItem(
  list: readonly Value[],
  index: number,
  value: Value,
  copies: Copies | undefined,
): readonly Value[] {
  const copy: Value[] = copies?.has(list) === true ? (list as Value[]) : [...list];
  copy[index] = value;
  copies?.add(copy);
  return copy;
}

/** Removes the value at the path; returns the same value if there is none. */
export function removePath(value: Value, path: Path, copies: Copies = new Set(), done = 0): Value {
  const step = path[done];
  if (step === undefined) return value;
  const isLast = done === path.length - 1;
  if (Array.isArray(value)) {
    if (typeof step !== 'number' || step >= value.length) return value;
    if (isLast) return withoutItem(value, step, copies);
    return withItem(value, step, removePath(value[step] ?? null, path, copies, done + 1), copies);
  }
  const key = String(step);
  if (!isValueObject(value) || !Object.hasOwn(value, key)) return value;
  if (!isLast) return withField(value, key, removePath(value[key] ?? null, path, copies, done + 1), copies);
  if (copies.has(value)) {
    delete (value as Record<string, Value>)[key];
    return value;
  }
  const { [key]: _, ...rest } = value;
  copies.add(rest);
  return rest;
}

function withoutItem(list: readonly Value[], index: number, copies: Copies): readonly Value[] {
  const copy = copies.has(list) ? (list as Value[]) : [...list];
  copy.splice(index, 1);
  copies.add(copy);
  return copy;
}

function placeOf(path: Path, last: number): string {
  return `payload ${formatPath(path.slice(0, last + 1))}`;
}
