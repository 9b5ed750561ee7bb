/** Finds the items that a system rejects in a batch that it rejects as a whole. */
import type { ReceiptBuilder } from './receipt-builder.ts';

/** An item with its index in the batch. */
export interface Numbered {
  readonly index: number;
}

export interface Attempt<Item extends Numbered> {
  /** Writes items, all or none of them. @throws when they are not confirmed. */
  write(items: readonly Item[]): Promise<void>;
  /** Why the system will never take one of the items, if this error says so; else nothing, and all items are retried. */
  reasonOf(error: unknown, items: readonly Item[]): string | undefined;
  /** Another form of an item that was rejected alone, as a last resort. */
  rescue?(item: Item, error: unknown): Item | undefined;
}

/**
 * Writes items. If the system rejects some, tries halves in order until each bad item stands alone. A bad item costs a
 * few attempts and does not affect its neighbours.
 *
 * @throws errors that no item caused. Later items are not tried then: they would overtake.
 */
export async function bisect<Item extends Numbered>(
  items: readonly Item[],
  attempt: Attempt<Item>,
  outcome: ReceiptBuilder,
): Promise<void> {
  try {
    await attempt.write(items);
    for (const { index } of items) if (!outcome.isSettled(index)) outcome.confirm(index);
  } catch (error) {
    const reason = attempt.reasonOf(error, items);
    if (reason === undefined) throw error;
    const [first] = items;
    if (first === undefined) return;
    if (items.length === 1) {
      const rescued = attempt.rescue?.(first, error);
      if (rescued === undefined) return outcome.reject(first.index, reason);
      return await bisect([rescued], { ...attempt, rescue: () => undefined }, outcome);
    }
    const middle = items.length >> 1;
    await bisect(items.slice(0, middle), attempt, outcome);
    await bisect(items.slice(middle), attempt, outcome);
  }
}
