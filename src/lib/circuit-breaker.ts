/**
 * Tracks whether a service is up, by the outcome of attempts. After several consecutive failures the circuit
 * opens for a while; then one attempt is let through as a trial.
 */
export interface CircuitBreakerOptions {
  /** Consecutive failures that open the circuit. */
  readonly failures: number;
  /**
   * Milliseconds for which the circuit stays open.
   *
   * @param trials failed trials since it was last closed, from 0.
   */
  readonly openFor: (trials: number) => number;
  /** Milliseconds that never go back; only differences count. */
  readonly now: () => number;
}

/** `open`: no attempts. `half-open`: one attempt, as a trial. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #failures = 0;
  #trials = 0;
  /** When the first of the consecutive failures was. */
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

  /** Milliseconds until an attempt may begin; 0 when it may now; nothing while the trial runs. */
  get wait(): number | undefined {
    if (this.#failures < this.#options.failures) return 0;
    return this.#isTrying ? undefined : Math.max(0, this.#tryAt - this.#options.now());
  }

  /**
   * Reports whether waiting this many milliseconds for the service is in vain: it has been down for longer,
   * or its next trial comes later. False when a trial is due: if every caller gave up then, nobody would
   * notice that the service is back.
   */
  isHopeless(patience: number): boolean {
    const { wait } = this;
    if (wait === 0) return false;
    return (wait ?? 0) > patience || this.#options.now() - this.#failingSince > patience;
  }

  /** Begins an attempt. Call it only when `wait` is 0. @returns whether it is the trial. */
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
    // An attempt begun before the circuit opened says nothing new.
    if (isTrial || this.#failures === failures) this.#tryAt = now() + openFor(this.#trials++);
  }

  /** Ends an attempt that says nothing about the service. */
  ended(isTrial: boolean): void {
    if (isTrial) this.#isTrying = false;
  }
}
