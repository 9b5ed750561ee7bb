/** Matches the items of a list before and after a change. */
import type { Value } from '../value.ts';

/** Maximum number of earlier items that are compared per item. */
const STEPS = 8;

/**
 * Returns the previous index of each item, or -1 for a new item. Indices increase, so both lists can be walked once.
 *
 * An unchanged item is found again. A changed item is matched with the one at its position, not counting the removed
 * items before it.
 */
export function alignItems(before: readonly Value[], after: readonly Value[]): readonly number[] {
  let gone = 0;
  // Unrelated lists are not compared item by item.
  let steps = STEPS * before.length;
  let spare = Math.max(0, before.length - after.length);
  return after.map((item, place) => {
    const most = Math.min(spare, steps);
    const skipped = most <= 0 ? 0 : distance(before, place + gone, most, item);
    if (before[place + gone + skipped] !== item) steps -= most;
    steps -= skipped + 1;
    gone += skipped;
    spare -= skipped;
    const index = place + gone;
    return index < before.length ? index : -1;
  });
}

/** Returns how many items further the same item is; 0 if it is missing. */
function distance(before: readonly Value[], start: number, most: number, item: Value): number {
  for (let skipped = 0; skipped <= most; skipped++)
    if (Object.is(before[start + skipped], item)) return skipped;
  return 0;
}
