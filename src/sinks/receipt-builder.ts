/** Collects the results of the deliveries of a batch into the receipt of a sink. */
import type { Delivery } from './delivery.ts';
import type { IsWanted, Receipt, SinkWorld } from './sink.ts';

/** The error of an unconfirmed batch for which no reason was given. */
const unknown = new Error('the sink did not confirm all of a batch');

export class ReceiptBuilder {
  readonly #size: number;
  readonly #asks: (index: number) => boolean;
  readonly #confirmed = new Set<number>();
  readonly #rejected = new Map<number, string>();
  #trouble: unknown;

  /**
   * @param batch none of its deliveries is confirmed at first.
   * @param isWanted as in `Sink.write`. Default: all are wanted.
   */
  constructor(batch: readonly Delivery[], isWanted?: IsWanted) {
    this.#size = batch.length;
    this.#asks = (index) => isWanted === undefined || isWanted(batch[index] as Delivery);
  }

  /** Whether a delivery is still wanted: ask just before you send it. If not, it is settled and counts as confirmed. */
  isWanted(index: number): boolean {
    const isWanted = this.#asks(index);
    if (!isWanted) this.confirm(index);
    return isWanted;
  }

  /** The items whose deliveries are still wanted. */
  wanted<Item extends { readonly index: number }>(items: readonly Item[]): Item[] {
    return items.filter(({ index }) => this.isWanted(index));
  }

  confirm(index: number): void {
    this.#confirmed.add(index);
  }

  /** @param reason must not contain a secret. */
  reject(index: number, reason: string): void {
    this.#rejected.set(index, reason);
  }

  /** Whether it is confirmed or rejected. */
  isSettled(index: number): boolean {
    return this.#confirmed.has(index) || this.#rejected.has(index);
  }

  /** Why some deliveries are neither confirmed nor rejected. The first of several reasons counts. */
  blame(cause: unknown): void {
    this.#trouble ??= cause;
  }

  /**
   * Returns the receipt; undefined if the whole batch is safe.
   *
   * @param tell called with the error of a partly settled batch, because a receipt cannot hold it.
   * @throws the error if nothing of the batch is settled.
   */
  settle(tell: (cause: unknown) => void): Receipt | undefined {
    const rejected = [...this.#rejected].map(([index, reason]) => ({ index, reason }));
    const unconfirmed: number[] = [];
    for (let index = 0; index < this.#size; index++)
      if (!this.#confirmed.has(index) && !this.#rejected.has(index)) unconfirmed.push(index);
    if (unconfirmed.length === 0) return rejected.length === 0 ? undefined : { rejected };
    const trouble = this.#trouble ?? unknown;
    if (unconfirmed.length === this.#size) throw trouble;
    tell(trouble);
    return { rejected, unconfirmed };
  }
}

/** For `settle`: logs why a part of a batch is not settled. */
export function tellOfPart(
  log: Pick<SinkWorld['log'], 'warn'>,
  sink: string,
  text = 'a part of a batch failed',
): (cause: unknown) => void {
  return (cause) => log.warn({ code: 'sink_failed', sink, reason: (cause as Error).message }, text);
}
