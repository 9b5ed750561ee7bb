/** What came of the parts of a batch, put together into what a sink answers. */
import type { Delivery } from './delivery.ts';
import type { IsWanted, Receipt, SinkWorld } from './sink.ts';

/** What a batch is not confirmed for when nobody said why. */
const unknown = new Error('the sink did not confirm all of a batch');

export class ReceiptBuilder {
  readonly #size: number;
  readonly #asks: (index: number) => boolean;
  readonly #confirmed = new Set<number>();
  readonly #rejected = new Map<number, string>();
  #trouble: unknown;

  /**
   * @param batch none of it is confirmed so far.
   * @param isWanted as for `Sink.write`. Default: all are.
   */
  constructor(batch: readonly Delivery[], isWanted?: IsWanted) {
    this.#size = batch.length;
    this.#asks = (index) => isWanted === undefined || isWanted(batch[index] as Delivery);
  }

  /** Whether somebody still wants it: ask just before it is sent. If not, it is settled: it counts as confirmed. */
  isWanted(index: number): boolean {
    const isWanted = this.#asks(index);
    if (!isWanted) this.confirm(index);
    return isWanted;
  }

  /** Those of the items that somebody still wants. */
  wanted<Item extends { readonly index: number }>(items: readonly Item[]): Item[] {
    return items.filter(({ index }) => this.isWanted(index));
  }

  confirm(index: number): void {
    this.#confirmed.add(index);
  }

  /** @param reason names no secret. */
  reject(index: number, reason: string): void {
    this.#rejected.set(index, reason);
  }

  /** Whether it is confirmed or rejected. */
  isSettled(index: number): boolean {
    return this.#confirmed.has(index) || this.#rejected.has(index);
  }

  /** Why some are neither confirmed nor rejected. Of several reasons the first is told. */
  blame(cause: unknown): void {
    this.#trouble ??= cause;
  }

  /**
   * The receipt, or nothing when all of the batch is safe.
   *
   * @param tell hears of the trouble of a batch of which only a part is settled: a receipt has no place for it.
   * @throws the trouble, when nothing of the batch is settled.
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

/** For `Outcome.settle`: says in the log what became of the part of a batch that is not settled. */
export function tellOfPart(
  log: Pick<SinkWorld['log'], 'warn'>,
  sink: string,
  text = 'a part of a batch failed',
): (cause: unknown) => void {
  return (cause) => log.warn({ code: 'sink_failed', sink, reason: (cause as Error).message }, text);
}
