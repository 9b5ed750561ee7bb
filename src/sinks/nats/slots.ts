interface Slot<Item> {
  item: Item | undefined;
  /** How often the slot was used: a late answer must not match its present item. */
  round: number;
}

/**
 * Items in flight, found by the number in their answer. A Map would do, but with many insertions and removals its
 * garbage survives young collections: see src/lib/linked-list.ts.
 */
export class Slots<Item> {
  readonly #slots: Slot<Item>[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** @returns the number of the item: letters, digits and a hyphen. */
  put(item: Item): string {
    const index = this.#free.pop() ?? this.#slots.push({ item: undefined, round: 0 }) - 1;
    const slot = this.#slots[index] as Slot<Item>;
    slot.item = item;
    slot.round++;
    return `${index}-${slot.round}`;
  }

  /** Removes an item. @returns undefined if it was removed before, or for a number that `put` never returned. */
  take(number: string): Item | undefined {
    const [, index, round] = /^(\d{1,9})-(\d{1,15})$/.exec(number) ?? [];
    const slot = this.#slots[Number(index)];
    if (slot === undefined || slot.round !== Number(round)) return undefined;
    const { item } = slot;
    if (item !== undefined) this.#empty(slot, Number(index));
    return item;
  }

  /** Removes the items that pass the test, at most this many. */
  takeIf(test: (item: Item) => boolean, limit = Number.POSITIVE_INFINITY): Item[] {
    const taken: Item[] = [];
    for (const [index, slot] of this.#slots.entries()) {
      if (taken.length >= limit) break;
      const { item } = slot;
      if (item === undefined || !test(item)) continue;
      this.#empty(slot, index);
      taken.push(item);
    }
    return taken;
  }

  #empty(slot: Slot<Item>, index: number): void {
    slot.item = undefined;
    this.#free.push(index);
  }
}
