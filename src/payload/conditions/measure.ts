/** How much text a value makes when it is written out; what it takes to find out is charged on the way. */
import { isCelList, isCelMap } from '@bufbuild/cel';
import type { Charge } from './meter.ts';

/** An item of a list or map: a map is sorted by its keys when it is written out. */
const ITEM = 40;

export function measure(value: unknown, charge: Charge): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return 2 * value.length;
  if (isCelList(value)) {
    charge(ITEM * value.size);
    let cost = 0;
    for (const item of value) cost += measure(item, charge);
    return cost;
  }
  if (!isCelMap(value)) return 1;
  charge(ITEM * value.size);
  let cost = 0;
  for (const [key, item] of value) cost += measure(key, charge) + measure(item, charge);
  return cost;
}
