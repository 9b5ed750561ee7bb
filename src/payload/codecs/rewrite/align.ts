/** Which item of a list became which, after some were taken out and others replaced. */
import type { Value } from '../value.ts';

/** Looks at items of the list before, for each that it has. */
const STEPS = 8;

/**
 * For each item after the change the index of the item before it, or -1 for an item that is new. Indices rise, so
 * that both lists can be gone through once.
 *
 * An item that is as it was is found again. One that was changed is taken for the one at its place, counted without
 * the items that were taken out before it.
 */
export function alignItems(before: readonly Value[], after: readonly Value[]): readonly number[] {
  let gone = 0;
  // Lists of which one has nothing to do with the other are not compared item by item.
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

/** How many items further on the same item is, 0 if it is not there. */
function distance(before: readonly Value[], start: number, most: number, item: Value): number {
  for (let skipped = 0; skipped <= most; skipped++)
    if (Object.is(before[start + skipped], item)) return skipped;
  return 0;
}
