/** Counts reloads of the configuration and their outcomes. */

export class ReloadTally {
  done = 0;
  failed = 0;
  /** Whether the configuration read last is in effect. */
  isLastInForce = true;
  /** When the configuration in effect was read, in milliseconds since 1970. */
  lastDone: number;
  readonly #now: () => number;

  /** @param now milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.lastDone = now();
  }

  succeeded(): void {
    this.done++;
    this.isLastInForce = true;
    this.lastDone = this.#now();
  }

  refused(): void {
    this.failed++;
    this.isLastInForce = false;
  }

  /** Counts the outcome of a reload, and rethrows its failure. */
  async follow(reload: Promise<void>): Promise<void> {
    try {
      await reload;
    } catch (error) {
      this.refused();
      throw error;
    }
    this.succeeded();
  }
}
