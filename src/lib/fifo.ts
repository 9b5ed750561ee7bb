/** A queue whose oldest item is taken in constant time; items in its middle may be gone already. */
export class Fifo<Item> implements Iterable<Item> {
  /** Items before `#head` are gone; the array is cut when half of it is. */
  #items: Item[] = [];
  #head = 0;

  /** Items that are in it, those that are gone without having been taken included. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    // Half of the array at once: cutting it for each item would cost its length each time.
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Those that are in it now. */
  *[Symbol.iterator](): Iterator<Item> {
    const items = this.#items;
    for (let i = this.#head; i < items.length; i++) yield items[i] as Item;
  }

  /** Keeps only these. */
  filter(keep: (item: Item) => boolean): void {
    this.#items = this.#items.slice(this.#head).filter(keep);
    this.#head = 0;
  }

  /** Takes all. */
  clear(): Item[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
