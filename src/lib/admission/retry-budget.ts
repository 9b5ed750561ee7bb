/**
 * Limits retries to a fraction of the successes: otherwise, when most requests fail, retries would double the
 * load on an overloaded service.
 */

/** Successes that earn one retry. */
const SUCCESSES = 10;
/** Most retries that may be saved up. */
const BURST = 10;

export class RetryBudget {
  #retries = BURST;

  succeeded(): void {
    this.#retries = Math.min(BURST, this.#retries + 1 / SUCCESSES);
  }

  /** @returns whether a retry is allowed; it is then taken from the budget. */
  take(): boolean {
    if (this.#retries < 1) return false;
    this.#retries--;
    return true;
  }
}
