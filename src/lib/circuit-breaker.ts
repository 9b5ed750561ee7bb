/**
 * Whether a service is up, by what came of the attempts to use it. A service that failed several times in a row is
 * left alone for a while; then one attempt tries it.
 */
export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly failures: number;
  /**
   * Milliseconds for which the circuit stays open.
   *
   * @param trials attempts that have failed since it was closed, from 0.
   */
  readonly openFor: (trials: number) => number;
  /** Milliseconds that never go back; only differences count. */
  readonly now: () => number;
}

/** `open`: nobody may try. `half-open`: one may, or does. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #failures = 0;
  #trials = 0;
  /** When the first of the failures in a row was. */
  #failingSince = 0;
  #tryAt = 0;
  #isTrying = false;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    if (this.#failures < this.#options.failures) return 'closed';
    return this.#isTrying || this.#options.now() >= this.#tryAt ? 'half-open' : 'open';
  }

  /** Milliseconds until an attempt may begin; 0 when one may now; nothing while the trial runs. */
  get wait(): number | undefined {
    if (this.#failures < this.#options.failures) return 0;
    return this.#isTrying ? undefined : Math.max(0, this.#tryAt - this.#options.now());
  }

  /**
   * Whether waiting so many milliseconds for the service is in vain: it has been down for longer than that, or is
   * not tried again within that time. Never when it is time to try it: if everybody gave up at once then, nobody
   * would find out that it is back.
   */
  isHopeless(patience: number): boolean {
    const { wait } = this;
    if (wait === 0) return false;
    return (wait ?? 0) > patience || this.#options.now() - this.#failingSince > patience;
  }

  /** An attempt begins. Only when `wait` is 0. @returns whether it is the trial. */
  enter(): boolean {
    if (this.state === 'closed') return false;
    this.#isTrying = true;
    return true;
  }

  /** @param isTrial what `enter` returned for this attempt. */
  succeeded(isTrial: boolean): void {
    this.ended(isTrial);
    this.#failures = 0;
    this.#trials = 0;
  }

  failed(isTrial: boolean): void {
    const { failures, openFor, now } = this.#options;
    this.ended(isTrial);
    if (this.#failures === 0) this.#failingSince = now();
    this.#failures++;
    // What was under way when the circuit opened says nothing new.
    if (isTrial || this.#failures === failures) this.#tryAt = now() + openFor(this.#trials++);
  }

  /** The attempt has ended and says nothing about the service. */
  ended(isTrial: boolean): void {
    if (isTrial) this.#isTrying = false;
  }
}
