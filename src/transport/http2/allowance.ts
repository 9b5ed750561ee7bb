/** How many frames of a kind a peer may send: a token bucket that also fills with the work the connection does. */
import { ConnectionError, ErrorCode, type Reason } from './error-code.ts';

export interface AllowanceRate {
  /** Frames at once. */
  readonly burst: number;
  /** Frames a second after that. */
  readonly perSecond: number;
  /** Frames for each request and each DATA frame that was sent: acknowledgements grow with the traffic. */
  readonly perWork: number;
}

export class Allowance {
  readonly #reason: Reason;
  readonly #rate: AllowanceRate;
  #tokens: number;
  /** When the bucket was filled last, and how much work had been done by then. */
  #since = Number.NaN;
  #work = 0;

  constructor(reason: Reason, rate: AllowanceRate) {
    this.#reason = reason;
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /**
   * One more frame. The clock is read only when the bucket is empty.
   *
   * @param work requests and DATA frames of this connection so far.
   * @throws ConnectionError ENHANCE_YOUR_CALM when there are too many.
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
    // Parts of a token are not lost: a peer may send slower than one in a call of this function.
    this.#tokens = Math.min(burst, this.#tokens + earned);
    this.#since = now;
    this.#work = work;
  }
}
