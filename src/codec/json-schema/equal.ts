/** The equality of JSON Schema. Inherited names do not count: a payload can have keys such as `valueOf`. */
import { isSameScalar } from './number.ts';
import { Undecided } from './undecided.ts';

/** Neither a schema nor a payload nests deeper by far. */
const MAX_DEPTH = 1000;

/**
 * Are two values of JSON equal? The order of keys does not matter, that of items does.
 *
 * @throws Undecided for values that nest too deeply
 */
export function isJsonEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (isSameScalar(a, b)) return true;
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
