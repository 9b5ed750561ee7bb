/**
 * Bounds retries to a part of what succeeds: when much fails, a retry for each failure would double the load on a
 * service that has too much of it already.
 */

/** One retry for so many successes. */
const SUCCESSES = 10;
/** Retries that may be made at once. */
const BURST = 10;

export class RetryBudget {
  #retries = BURST;

  succeeded(): void {
    this.#retries = Math.min(BURST, this.#retries + 1 / SUCCESSES);
  }

  /** @returns whether a retry may be made; it is taken from the budget. */
  take(): boolean {
    if (this.#retries < 1) return false;
    this.#retries--;
    return true;
  }
}
