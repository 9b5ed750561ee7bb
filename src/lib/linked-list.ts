/**
 * Items in order of arrival, each removed in constant time.
 *
 * A Set does that too, but with many additions and removals it makes garbage that young collections cannot
 * free: when it is rehashed, its old table refers to the new one, and an old table that was promoted once
 * keeps all later ones and their items until a full collection. A node removed from this list refers to
 * nothing.
 */

/** The position of an item in a list. */
export interface Link<Item> {
  readonly item: Item;
  /** Removes the item. @returns whether it was still in the list. */
  remove(): boolean;
}

export class LinkedList<Item> implements Iterable<Item> {
  #first: Node<Item> | undefined;
  #last: Node<Item> | undefined;
  #size = 0;
  readonly #unlink = (node: Node<Item>): void => {
    const { previous, next } = node;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    this.#size--;
  };

  get size(): number {
    return this.#size;
  }

  get first(): Link<Item> | undefined {
    return this.#first;
  }

  get last(): Link<Item> | undefined {
    return this.#last;
  }

  /** Appends an item. */
  add(item: Item): Link<Item> {
    const node = new Node(item, this.#last, this.#unlink);
    if (this.#last === undefined) this.#first = node;
    else this.#last.next = node;
    this.#last = node;
    this.#size++;
    return node;
  }

  /** Removes and returns the first item. */
  shift(): Item | undefined {
    const first = this.#first;
    first?.remove();
    return first?.item;
  }

  /** Removes and returns all items. */
  clear(): Item[] {
    const items = [...this];
    while (this.#first !== undefined) this.#first.remove();
    return items;
  }

  /** Iterates over a snapshot: later changes do not matter. */
  [Symbol.iterator](): Iterator<Item> {
    const items: Item[] = [];
    for (let node = this.#first; node !== undefined; node = node.next) items.push(node.item);
    return items[Symbol.iterator]();
  }
}

class Node<Item> implements Link<Item> {
  readonly item: Item;
  previous: Node<Item> | undefined;
  next: Node<Item> | undefined;
  /** Nothing when it was removed. */
  #unlink: ((node: Node<Item>) => void) | undefined;

  constructor(item: Item, previous: Node<Item> | undefined, unlink: (node: Node<Item>) => void) {
    this.item = item;
    this.previous = previous;
    this.#unlink = unlink;
  }

  remove(): boolean {
    if (this.#unlink === undefined) return false;
    this.#unlink(this);
    this.#unlink = undefined;
    this.previous = undefined;
    this.next = undefined;
    return true;
  }
}
