/** `uniqueItems` in linear time: to compare every two items takes too long for a long array. */

import { canonicalNumber, isAnyNumber } from './number.ts';

/** Do no two items of the array equal each other, as JSON Schema means it? */
export function hasUniqueItems(items: readonly unknown[]): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonical(item);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

/** JSON with the keys of each object in one order. */
function canonical(value: unknown): string {
  if (isAnyNumber(value)) return canonicalNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
