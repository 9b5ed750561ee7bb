/** Lists created by conditions. The library nests lists, one level per item that `map` or `filter` adds. */
import { type CelList, celList } from '@bufbuild/cel';
import type { Charge } from './meter.ts';

const ListOfLibrary = celList([]).constructor as new (items: readonly unknown[]) => CelList;

/** Cost of copying an item. */
const ITEM = 2;

/** A view of the first items of an array. Longer lists share the array. */
class Grown extends ListOfLibrary {
  readonly items: unknown[];
  readonly #size: number;

  constructor(items: unknown[]) {
    super(items);
    this.items = items;
    this.#size = items.length;
  }

  override get size(): number {
    return this.#size;
  }

  override get(index: number): never {
    const at = Number(index);
    return (at >= 0 && at < this.#size ? this.items[at] : undefined) as never;
  }

  override *values(): IterableIterator<never> {
    for (let i = 0; i < this.#size; i++) yield this.items[i] as never;
  }

  override [Symbol.iterator](): IterableIterator<never> {
    return this.values();
  }
}

/** `a + b`: appends to the array of `a` if no other list has. */
export function concatenate(a: CelList, b: CelList, charge: Charge): CelList {
  charge(ITEM * b.size);
  if (a instanceof Grown && a.items.length === a.size) {
    // `a` may be `b`: do not iterate over appended items.
    const added = a === b ? [...b] : b;
    for (const item of added) a.items.push(item);
    return new Grown(a.items);
  }
  charge(ITEM * a.size);
  return new Grown([...a, ...b]);
}
