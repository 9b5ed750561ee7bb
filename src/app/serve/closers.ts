/** Closes what was opened when something after it cannot be. */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  /** @returns what was opened. */
  add<T>(opened: T, close: (opened: T) => unknown): T {
    this.#closers.push(() => close(opened));
    return opened;
  }

  /** The last one first. What fails to close is passed over: why it is closed is what counts. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch {
        // See above.
      }
    }
  }
}
