/** Estimates how long work takes: a moving mean and its mean deviation. */

/**
 * Weight of a new measurement, and of one below the mean, which counts more: a recovered service must be used
 * at once.
 */
const GAIN = 1 / 4;
const GAIN_BELOW = 1 / 2;
/** Deviations above the mean within which nearly all work ends. */
const SPREAD = 2;

export class ServiceTime {
  #mean: number | undefined;
  #deviation = 0;

  /** Typical milliseconds; nothing before the first measurement. */
  get mean(): number | undefined {
    return this.#mean;
  }

  /** Milliseconds within which nearly all work ends; 0 before the first measurement. */
  get upper(): number {
    return (this.#mean ?? 0) + SPREAD * this.#deviation;
  }

  /** Adds a measurement, in milliseconds. */
  observe(milliseconds: number): void {
    if (this.#mean === undefined) {
      this.#mean = milliseconds;
      return;
    }
    const error = milliseconds - this.#mean;
    this.#deviation += (Math.abs(error) - this.#deviation) * GAIN;
    this.#mean += error * (error < 0 ? GAIN_BELOW : GAIN);
  }
}
