/** Those who wait until a queue has nothing to do any more. */

/** `pushed`: what comes from the spool is left out. */
export type IdleOf = 'all' | 'pushed';

export class Drained {
  readonly #isIdle: (what: IdleOf) => boolean;
  #waiting: { readonly what: IdleOf; readonly resolve: () => void }[] = [];

  constructor(isIdle: (what: IdleOf) => boolean) {
    this.#isIdle = isIdle;
  }

  wait(what: IdleOf): Promise<void> {
    if (this.#isIdle(what)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ what, resolve }));
  }

  /** Something has come to its end: tells those who waited for it. */
  check(): void {
    if (this.#waiting.length === 0) return;
    const over = this.#waiting.filter(({ what }) => this.#isIdle(what));
    this.#waiting = this.#waiting.filter((waiter) => !over.includes(waiter));
    for (const { resolve } of over) resolve();
  }
}
