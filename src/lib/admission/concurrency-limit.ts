/**
 * Decides how much work may run concurrently: a fixed number for threads of this process; for a service a
 * number that follows its capacity (additive increase, multiplicative decrease).
 */

/** `busy`: the service timed out or reported overload. `failed`: says nothing about load. */
export type WorkOutcome = 'ok' | 'busy' | 'failed';

/** A piece of work that has ended. Times are milliseconds by one monotonic clock. */
export interface EndedWork {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: WorkOutcome;
  /** Whether the limit was reached: otherwise it restricted nothing, and there is no reason to raise it. */
  readonly wasFull: boolean;
}

export interface ConcurrencyLimit {
  /** At least 1. */
  readonly value: number;
  ended(work: EndedWork): void;
}

export function fixedLimit(value: number): ConcurrencyLimit {
  return { value: Math.max(1, value), ended: () => {} };
}

export interface AdaptiveLimitOptions {
  readonly max: number;
  /** Default: 8, or `max` when that is less. */
  readonly initial?: number;
  /**
   * Milliseconds that an answer may take without being a sign of load. A slower answer is one only if it also
   * takes several times as long as the fastest: a service that is slow by nature is not throttled.
   */
  readonly tolerable: number;
}

/**
 * Doubled with each round of quick answers. Small, because a slow service would work on its first batch for
 * long.
 */
const INITIAL = 8;
/** An answer that takes this many times as long as the fastest has queued inside the service. */
const SLOWDOWN = 2;
/** Factor for the limit when the service says that it is busy. */
const DECREASE = 0.7;
/** Lowest factor when answers are slow or time out. */
const MIN_DECREASE = 0.25;
/** The fastest answer is measured in windows of this many milliseconds: a service may change its pace. */
const WINDOW = 30_000;

export class AdaptiveLimit implements ConcurrencyLimit {
  readonly #options: AdaptiveLimitOptions;
  #limit: number;
  /** Up to here the limit rises by one per answer, above by one per round of answers. */
  #threshold: number;
  #changedAt = Number.NEGATIVE_INFINITY;
  #windowEnd = Number.NEGATIVE_INFINITY;
  #fastest = Number.POSITIVE_INFINITY;
  #fastestBefore = Number.POSITIVE_INFINITY;

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options;
    this.#limit = Math.max(1, Math.min(options.max, options.initial ?? INITIAL));
    this.#threshold = options.max;
  }

  get value(): number {
    return Math.floor(this.#limit);
  }

  ended({ startedAt, endedAt, outcome, wasFull }: EndedWork): void {
    if (outcome === 'failed') return;
    const duration = endedAt - startedAt;
    if (outcome === 'ok') this.#noteFastest(duration, endedAt);
    const tolerable = this.#tolerable();
    // Time in the service's queue is proportional to the queue's length.
    if (duration > tolerable) this.#lower(tolerable / duration, startedAt, endedAt);
    else if (outcome === 'busy') this.#lower(DECREASE, startedAt, endedAt);
    else if (wasFull) this.#raise();
  }

  #tolerable(): number {
    return Math.max(this.#options.tolerable, SLOWDOWN * Math.min(this.#fastest, this.#fastestBefore));
  }

  /** Work started before the last change says nothing about the new limit. */
  #lower(part: number, startedAt: number, now: number): void {
    if (startedAt < this.#changedAt) return;
    this.#threshold = this.#limit * DECREASE;
    this.#limit = Math.max(1, this.#limit * Math.max(MIN_DECREASE, part));
    this.#changedAt = now;
  }

  #raise(): void {
    const step = this.#limit < this.#threshold ? 1 : 1 / this.#limit;
    this.#limit = Math.min(this.#options.max, this.#limit + step);
  }

  #noteFastest(duration: number, now: number): void {
    if (now >= this.#windowEnd) {
      this.#fastestBefore = this.#fastest;
      this.#fastest = Number.POSITIVE_INFINITY;
      this.#windowEnd = now + WINDOW;
    }
    this.#fastest = Math.min(this.#fastest, duration);
  }
}
