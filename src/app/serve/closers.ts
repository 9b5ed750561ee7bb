/** Closes what was opened if a later part fails to open. */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  /** @returns what was opened. */
  add<T>(opened: T, close: (opened: T) => unknown): T {
    this.#closers.push(() => close(opened));
    return opened;
  }

  /** Closes in reverse order. Ignores errors of closing: the original error counts. */
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
