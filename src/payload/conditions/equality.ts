/** `==` and `in` with metering: lists and maps may be long and nested. */
import { type CelList, type CelMap, isCelList, isCelMap } from '@bufbuild/cel';
import type { Charge } from './meter.ts';

/** Cost of comparing two items. */
const ITEM = 4;
/** Cost of comparing two values of a key, including the look-up. */
const ENTRY = 10;

export type Equal = (a: unknown, b: unknown) => boolean;

/** @param ofLibrary compares values that are neither lists nor maps. */
export function chargedEqual(charge: Charge, ofLibrary: Equal): Equal {
  const equal: Equal = (a, b) => {
    if (isCelList(a)) return isCelList(b) && ofLists(a, b);
    if (isCelMap(a)) return isCelMap(b) && ofMaps(a, b);
    if (isCelList(b) || isCelMap(b)) return false;
    charge(1 + Math.min(lengthOf(a), lengthOf(b)));
    return ofLibrary(a, b);
  };
  function ofLists(a: CelList, b: CelList): boolean {
    if (a.size !== b.size) return false;
    let i = 0;
    for (const item of a) {
      charge(ITEM);
      if (!equal(item, b.get(i++))) return false;
    }
    return true;
  }
  function ofMaps(a: CelMap, b: CelMap): boolean {
    if (a.size !== b.size) return false;
    for (const [key, value] of a) {
      charge(ENTRY);
      const other = b.get(key);
      if (other === undefined || !equal(value, other)) return false;
    }
    return true;
  }
  return equal;
}

/** `value in list`. */
export function isIn(value: unknown, list: CelList, equal: Equal, charge: Charge): boolean {
  for (const item of list) {
    charge(ITEM);
    if (equal(item, value)) return true;
  }
  return false;
}

/** Cost in units: comparing texts and bytes is fast. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length >>> 4;
  return value instanceof Uint8Array ? value.length >>> 3 : 0;
}
