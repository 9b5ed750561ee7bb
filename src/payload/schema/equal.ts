/** The equality of JSON Schema. Inherited names do not count: a payload can have keys such as `valueOf`. */
import type { Run } from './check.ts';
import { isSameScalar } from './number.ts';
import { Undecided } from './undecided.ts';

/** Neither a schema nor a payload nests deeper by far. */
const MAX_DEPTH = 1000;

/**
 * Does a value equal one of the schema? The order of keys does not matter, that of items does.
 *
 * @throws Undecided for values that nest too deeply, or when it takes too much work
 */
export function isJsonEqual(value: unknown, wanted: unknown, run: Run, depth = 0): boolean {
  if (isSameScalar(value, wanted)) return true;
  if (typeof value !== 'object' || typeof wanted !== 'object' || value === null || wanted === null)
    return false;
  if (depth > MAX_DEPTH) throw new Undecided('nests too deeply');
  run.charge(1);
  if (Array.isArray(value) || Array.isArray(wanted)) {
    if (!Array.isArray(value) || !Array.isArray(wanted) || value.length !== wanted.length) return false;
    run.charge(value.length);
    return value.every((item, i) => isJsonEqual(item, wanted[i], run, depth + 1));
  }
  // The value may have many more keys than what it is compared with: they are counted last.
  const entries = Object.entries(wanted);
  run.charge(entries.length);
  const members = value as Readonly<Record<string, unknown>>;
  const isMet = entries.every(
    ([key, each]) => Object.hasOwn(members, key) && isJsonEqual(members[key], each, run, depth + 1),
  );
  return isMet && run.namesOf(members).length === entries.length;
}
