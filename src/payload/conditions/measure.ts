/** Measures the length of a value as text, and charges for the measurement. */
import { isCelList, isCelMap } from '@bufbuild/cel';
import type { Charge } from './meter.ts';

/** Cost of an item of a list or map: formatting sorts a map by its keys. */
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
