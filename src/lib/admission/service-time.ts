/** How long a piece of work takes, by what was measured: a moving mean and its mean deviation. */

/** Weight of a new measurement. Estimates must follow a service that recovers within a few answers. */
const GAIN = 1 / 4;
/** Deviations above the mean within which nearly all work ends. */
const SPREAD = 2;

export class ServiceTime {
  #mean: number | undefined;
  #deviation = 0;

  /** Milliseconds, typically; nothing before the first measurement. */
  get mean(): number | undefined {
    return this.#mean;
  }

  /** Milliseconds within which nearly all work ends; 0 before the first measurement. */
  get upper(): number {
    return (this.#mean ?? 0) + SPREAD * this.#deviation;
  }

  /** Takes a measurement, in milliseconds. */
  observe(milliseconds: number): void {
    if (this.#mean === undefined) {
      this.#mean = milliseconds;
      return;
    }
    const error = milliseconds - this.#mean;
    this.#deviation += (Math.abs(error) - this.#deviation) * GAIN;
    this.#mean += error * GAIN;
  }
}
