/** Lists that conditions make. The library's nest one in the other with each item that `map` or `filter` adds. */
import { type CelList, celList } from '@bufbuild/cel';
import type { Charge } from './meter.ts';

const ListOfLibrary = celList([]).constructor as new (items: readonly unknown[]) => CelList;

/** An item that is copied. */
const ITEM = 2;

/** The first items of an array, which may have more: those that longer lists have behind them. */
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

/** `a + b`: items are added behind those of `a` where nobody has added others. */
export function concatenate(a: CelList, b: CelList, charge: Charge): CelList {
  charge(ITEM * b.size);
  if (a instanceof Grown && a.items.length === a.size) {
    // `a` may be `b`: what is added must not be gone through.
    const added = a === b ? [...b] : b;
    for (const item of added) a.items.push(item);
    return new Grown(a.items);
  }
  charge(ITEM * a.size);
  return new Grown([...a, ...b]);
}
