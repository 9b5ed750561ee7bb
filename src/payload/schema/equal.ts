/** Equality in JSON Schema. Inherited names do not count: a payload may have keys such as `valueOf`. */
import type { Run } from './check.ts';
import { isSameScalar } from './number.ts';
import { Undecided } from './undecided.ts';

/** Far deeper than any schema or payload. */
const MAX_DEPTH = 1000;

/**
 * Reports whether a value equals a value of the schema. The order of keys does not matter; the order of items does.
 *
 * @throws Undecided for values that nest too deeply or take too much work
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
  // The value may have many more keys than the other: count them last.
  const entries = Object.entries(wanted);
  run.charge(entries.length);
  const members = value as Readonly<Record<string, unknown>>;
  const isMet = entries.every(
    ([key, each]) => Object.hasOwn(members, key) && isJsonEqual(members[key], each, run, depth + 1),
  );
  return isMet && run.namesOf(members).length === entries.length;
}
