/** A list of items with a time limit, oldest first, and a timer that checks them while there are any. */
import { type Link, LinkedList } from '../lib/linked-list.ts';

/** Check interval, in milliseconds. */
const SWEEP_INTERVAL = 250;

export interface Since {
  /** Milliseconds on the clock of the list. */
  readonly since: number;
}

export class SweptList<Item extends Since> {
  readonly #items = new LinkedList<Item>();
  readonly #sweep: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param sweep checks the oldest items. */
  constructor(sweep: () => void) {
    this.#sweep = sweep;
  }

  get size(): number {
    return this.#items.size;
  }

  /** @returns the handle to remove when the item has ended. */
  add(item: Item): Link<Item> {
    this.#timer ??= setInterval(this.#sweep, SWEEP_INTERVAL).unref();
    return this.#items.add(item);
  }

  /** Removes the oldest. */
  shift(): Item | undefined {
    return this.#items.shift();
  }

  /** Removes expired items, oldest first. @param isOver evaluated again after each removal. */
  endWhile(isOver: (item: Item) => boolean, end: (item: Item) => void): void {
    for (let first = this.#items.first; first !== undefined; first = this.#items.first) {
      if (!isOver(first.item)) return;
      first.remove();
      end(first.item);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
