/**
 * Limits how many frames of a kind a peer may send: a token bucket that also refills with the work the connection does.
 */
import { ConnectionError, ErrorCode, type Reason } from './error-code.ts';

export interface AllowanceRate {
  /** Burst size, in frames. */
  readonly burst: number;
  /** Refill rate, in frames per second. */
  readonly perSecond: number;
  /** Extra frames for each request and each DATA frame sent: acknowledgements grow with traffic. */
  readonly perWork: number;
}

export class Allowance {
  readonly #reason: Reason;
  readonly #rate: AllowanceRate;
  #tokens: number;
  /** When the bucket was last refilled, and how much work had been done by then. */
  #since = Number.NaN;
  #work = 0;

  constructor(reason: Reason, rate: AllowanceRate) {
    this.#reason = reason;
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /**
   * Takes a token for one frame. Reads the clock only when the bucket is empty.
   *
   * @param work requests and DATA frames of this connection so far.
   * @throws ConnectionError ENHANCE_YOUR_CALM if there are too many.
   */
  spend(work: number, now: () => number): void {
    if (Number.isNaN(this.#since)) this.#since = now();
    if (this.#tokens < 1) this.#fill(work, now());
    if (this.#tokens < 1)
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, this.#reason.replace('_', ' '), this.#reason);
    this.#tokens--;
  }

  #fill(work: number, now: number): void {
    const { burst, perSecond, perWork } = this.#rate;
    const earned = ((now - this.#since) / 1_000) * perSecond + (work - this.#work) * perWork;
    // Keep fractions of a token: a peer may send more often than the bucket gains a whole one.
    this.#tokens = Math.min(burst, this.#tokens + earned);
    this.#since = now;
    this.#work = work;
  }
}
