/** What came of the parts of a batch, put together into what a sink answers. */
import type { Receipt } from './sink.ts';

/** What a batch is not confirmed for when nobody said why. */
const unknown = new Error('the sink did not confirm all of a batch');

export class Outcome {
  readonly #size: number;
  readonly #confirmed = new Set<number>();
  readonly #rejected = new Map<number, string>();
  #trouble: unknown;

  /** @param size how many deliveries the batch has; none is confirmed so far. */
  constructor(size: number) {
    this.#size = size;
  }

  confirm(index: number): void {
    this.#confirmed.add(index);
  }

  /** Nobody wants it any more: it was not sent, and what would have become of it is of no interest. */
  skip(index: number): false {
    this.#confirmed.add(index);
    return false;
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
