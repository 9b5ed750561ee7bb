/** One timer for several waits: it fires at the earliest time that was asked for. */
import type { Clock } from './clock.ts';

export class WakeTimer {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #wake: () => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'now' | 'after'>, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  wakeIn(milliseconds: number): void {
    const at = this.#clock.now() + milliseconds;
    if (at >= this.#at) return;
    this.#cancel?.();
    this.#at = at;
    this.#cancel = this.#clock.after(milliseconds, () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }

  stop(): void {
    this.#cancel?.();
  }
}
