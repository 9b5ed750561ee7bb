interface Slot<Item> {
  item: Item | undefined;
  /** How often the slot has been taken: a late answer is not one for who has it now. */
  round: number;
}

/**
 * What is under way, found again by the number that its answer brings back. A Map would do, but one in which much comes
 * and goes makes garbage that young collections do not get rid of: see src/lib/linked-list.ts.
 */
export class Slots<Item> {
  readonly #slots: Slot<Item>[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** @returns the number under which it is to be found: letters, digits and a hyphen. */
  put(item: Item): string {
    const index = this.#free.pop() ?? this.#slots.push({ item: undefined, round: 0 }) - 1;
    const slot = this.#slots[index] as Slot<Item>;
    slot.item = item;
    slot.round++;
    return `${index}-${slot.round}`;
  }

  /** Takes it out. @returns nothing when it has been taken out before, and for numbers that `put` never gave. */
  take(number: string): Item | undefined {
    const [, index, round] = /^(\d{1,9})-(\d{1,15})$/.exec(number) ?? [];
    const slot = this.#slots[Number(index)];
    if (slot === undefined || slot.round !== Number(round)) return undefined;
    const { item } = slot;
    if (item !== undefined) this.#empty(slot, Number(index));
    return item;
  }

  /** Takes out those of which the test is true, so many of them at most. */
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
