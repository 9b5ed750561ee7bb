/** A queue whose oldest item is taken in constant time; items in its middle can be removed, too. */
export class Fifo<Item> implements Iterable<Item> {
  /** Items before `#head` have been taken; the array is cut when that is half of it. */
  #items: Item[] = [];
  #head = 0;

  /** Number of items, removed ones included. */
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

  /** The current items. */
  *[Symbol.iterator](): Iterator<Item> {
    const items = this.#items;
    for (let i = this.#head; i < items.length; i++) yield items[i] as Item;
  }

  /** Keeps only the matching items. */
  filter(keep: (item: Item) => boolean): void {
    this.#items = this.#items.slice(this.#head).filter(keep);
    this.#head = 0;
  }

  /** Removes and returns all items. */
  clear(): Item[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
