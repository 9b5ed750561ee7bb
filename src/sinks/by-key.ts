/** Writes the deliveries of a batch one by one: in order for each key, and concurrently for different keys. */
import type { Delivery } from './delivery.ts';
import type { ReceiptBuilder } from './receipt-builder.ts';

/**
 * Settles one delivery: resolves when it is confirmed, or with the reason if it is rejected.
 *
 * @throws if it is not confirmed. Later ones of the same key are not tried then: they would overtake.
 */
export type WriteOne = (delivery: Delivery, index: number) => Promise<string | undefined>;

/** @param limit most deliveries in flight at once. */
export async function writeByKey(
  batch: readonly Delivery[],
  limit: number,
  writeOne: WriteOne,
  outcome: ReceiptBuilder,
): Promise<void> {
  const chains = groupByKey(batch).values();
  const write = async (index: number): Promise<void> => {
    const delivery = batch[index] as Delivery;
    if (!outcome.isWanted(index)) return;
    const reason = await writeOne(delivery, index);
    if (reason === undefined) outcome.confirm(index);
    else outcome.reject(index, reason);
  };
  const work = async (): Promise<void> => {
    for (const chain of chains) await writeChain(chain, write, outcome);
  };
  await Promise.all(Array.from({ length: Math.min(limit, batch.length) }, work));
}

async function writeChain(
  chain: readonly number[],
  write: (index: number) => Promise<void>,
  outcome: ReceiptBuilder,
): Promise<void> {
  try {
    for (const index of chain) await write(index);
  } catch (error) {
    outcome.blame(error);
  }
}

/** The indexes of each key. */
export function groupByKey(batch: readonly Delivery[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  batch.forEach(({ key }, index) => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  return groups;
}
