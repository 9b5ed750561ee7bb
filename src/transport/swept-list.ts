/** Things that must end within a time, the oldest first, and a timer that looks at them while there may be any. */
import { type Link, LinkedList } from '../lib/linked-list.ts';

/** How often they are looked at, in milliseconds. */
const SWEEP_INTERVAL = 250;

export interface Since {
  /** Milliseconds by the clock of the list. */
  readonly since: number;
}

export class SweptList<Item extends Since> {
  readonly #items = new LinkedList<Item>();
  readonly #sweep: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param sweep looks at the oldest. */
  constructor(sweep: () => void) {
    this.#sweep = sweep;
  }

  get size(): number {
    return this.#items.size;
  }

  /** @returns what is removed when the item has come to its end. */
  add(item: Item): Link<Item> {
    this.#timer ??= setInterval(this.#sweep, SWEEP_INTERVAL).unref();
    return this.#items.add(item);
  }

  /** Takes out the oldest. */
  shift(): Item | undefined {
    return this.#items.shift();
  }

  /** Takes out, from the oldest on, those whose time is over. @param isOver asked again after each that was ended. */
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
