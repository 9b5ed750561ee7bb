/** `uniqueItems` in linear time: comparing every pair takes too long for a long array. */
import type { Run } from './check.ts';
import { canonicalNumber, isAnyNumber } from './number.ts';

/** Cost of an item that is serialized and looked up. */
const ITEM = 4;

/**
 * Reports whether no two items of the array are equal, as defined by JSON Schema.
 *
 * @throws Undecided if it takes too much work
 */
export function hasUniqueItems(items: readonly unknown[], run: Run): boolean {
  run.charge(ITEM * items.length);
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonical(item, run);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

/** Serializes to JSON with sorted keys. */
function canonical(value: unknown, run: Run): string {
  if (isAnyNumber(value)) return canonicalNumber(value);
  if (typeof value === 'string') run.charge(value.length >>> 4);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    run.charge(ITEM * value.length);
    return `[${value.map((item) => canonical(item, run)).join(',')}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  const names = run.namesOf(members, 2 * ITEM).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members[name], run)}`).join(',')}}`;
}
