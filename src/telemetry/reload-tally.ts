/** What became of the configurations that were read while the server runs. */

export class ReloadTally {
  done = 0;
  failed = 0;
  /** Whether what was read last is in force. */
  isLastInForce = true;
  /** When the configuration in force was read, in milliseconds since 1970. */
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

  /** Counts what becomes of a reload, and hands its failure on. */
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
