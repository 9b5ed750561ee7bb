/** Callers that wait until a queue is empty. */

/** `pushed`: deliveries that come from the spool are left out. */
export type DrainScope = 'all' | 'pushed';

export class DrainWaiters {
  readonly #isDrained: (scope: DrainScope) => boolean;
  #waiting: { readonly scope: DrainScope; readonly resolve: () => void }[] = [];

  constructor(isDrained: (scope: DrainScope) => boolean) {
    this.#isDrained = isDrained;
  }

  wait(scope: DrainScope): Promise<void> {
    if (this.#isDrained(scope)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ scope, resolve }));
  }

  /** An entry is gone: resolves those that waited for it. */
  check(): void {
    const done = this.#waiting.filter(({ scope }) => this.#isDrained(scope));
    this.#waiting = this.#waiting.filter((waiter) => !done.includes(waiter));
    for (const { resolve } of done) resolve();
  }
}
