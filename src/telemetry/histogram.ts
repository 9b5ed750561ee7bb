/** Histograms of durations as plain numbers, updated by calls and read when metrics are asked for. */

/** Upper bounds in milliseconds, from 10 us to 5 s. */
const BOUNDS = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
] as const;

/** The same in seconds. */
export const durationBounds: readonly number[] = BOUNDS.map((bound) => bound / 1000);

/** The observations so far. */
export interface Observed {
  /** By bucket, not cumulative; the last one has no upper bound. */
  readonly buckets: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

export class Histogram {
  /** The buckets, then the sum. Doubles, which count exactly up to 2^53. */
  readonly #row = new Float64Array(BOUNDS.length + 2);

  observe(milliseconds: number): void {
    let bucket = 0;
    // Most durations are in one of the first buckets.
    while (bucket < BOUNDS.length && milliseconds > (BOUNDS[bucket] as number)) bucket++;
    (this.#row[bucket] as number)++;
    (this.#row[BOUNDS.length + 1] as number) += milliseconds;
  }

  get observed(): Observed {
    const sum = (this.#row[BOUNDS.length + 1] ?? 0) / 1000;
    return { buckets: [...this.#row.slice(0, BOUNDS.length + 1)], sum };
  }
}
