/** Finds what a system refuses in a batch that it refuses as a whole. */
import type { ReceiptBuilder } from './receipt-builder.ts';

/** Something with its place in the batch. */
export interface Numbered {
  readonly index: number;
}

export interface Attempt<Item extends Numbered> {
  /** Writes items, all or none of them. @throws when they are not confirmed. */
  write(items: readonly Item[]): Promise<void>;
  /** Why the system will never take one of the items, when this error says so; else nothing: all is tried again. */
  reasonOf(error: unknown, items: readonly Item[]): string | undefined;
  /** The last resort for an item that was refused alone: another form of it. */
  rescue?(item: Item, error: unknown): Item | undefined;
}

/**
 * Writes items; where the system refuses some, halves are tried in order until those stand alone. A bad one
 * costs a few attempts, and its neighbours nothing.
 *
 * @throws what is no item's fault. What comes after it is not tried: it would overtake.
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
