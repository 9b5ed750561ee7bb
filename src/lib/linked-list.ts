/**
 * Items in the order in which they came, each taken out in constant time.
 *
 * A Set does that too, but where many items come and go it makes garbage that young collections do not get rid of: each
 * time it is rehashed its old table refers to the new one, and an old table that has once been promoted keeps all that
 * follow, with what they held, until a full collection. What has left this list refers to nothing.
 */

/** The place of an item in a list. */
export interface Link<Item> {
  readonly item: Item;
  /** Takes the item out. @returns whether it was still in. */
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

  /** Puts the item behind all others. */
  add(item: Item): Link<Item> {
    const node = new Node(item, this.#last, this.#unlink);
    if (this.#last === undefined) this.#first = node;
    else this.#last.next = node;
    this.#last = node;
    this.#size++;
    return node;
  }

  /** Takes out the first. */
  shift(): Item | undefined {
    const first = this.#first;
    first?.remove();
    return first?.item;
  }

  /** Takes out all. */
  clear(): Item[] {
    const items = [...this];
    while (this.#first !== undefined) this.#first.remove();
    return items;
  }

  /** The items that are in it now: what comes or goes meanwhile changes nothing. */
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
  /** Nothing when it is out. */
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
