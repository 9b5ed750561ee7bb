/**
 * Whether a sink is up, by what came of the batches written to it. A sink that failed several times in a row is
 * down: it is left alone for a while, then one batch tries it, and the wait grows as long as that fails.
 */
export interface CircuitOptions {
  /** Failures in a row after which the sink counts as down. */
  readonly openAfter: number;
  /** Milliseconds to wait after the first failure, and at most. */
  readonly min: number;
  readonly max: number;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type CircuitState = 'closed' | 'open' | 'half-open';

export class Circuit {
  readonly #options: CircuitOptions;
  #failures = 0;
  #opens = 0;
  /** When the first of the failures in a row was. */
  #failingSince = 0;
  #tryAt = 0;
  #isTrying = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    if (this.#failures < this.#options.openAfter) return 'closed';
    return this.#isTrying || this.#options.now() >= this.#tryAt ? 'half-open' : 'open';
  }

  /**
   * Whether nobody who waits so many milliseconds need wait for the sink: it has been down for longer than that,
   * or is not tried again within that time. Never when it is time to try it: if everybody gave up at once then,
   * nobody would find out that it is back.
   */
  isHopeless(patience: number): boolean {
    const { wait } = this;
    if (wait === 0) return false;
    return (wait ?? 0) > patience || this.#options.now() - this.#failingSince > patience;
  }

  /** Milliseconds until somebody may try; 0 when one may now; nothing while somebody does. */
  get wait(): number | undefined {
    if (this.#failures < this.#options.openAfter) return 0;
    return this.#isTrying ? undefined : Math.max(0, this.#tryAt - this.#options.now());
  }

  /** A batch is about to be written. Only when `wait` is 0. @returns whether it is the one that tries. */
  enter(): boolean {
    if (this.state === 'closed') return false;
    this.#isTrying = true;
    return true;
  }

  /** @param isTry whether it is what `enter` returned `true` for. */
  succeeded(isTry: boolean): void {
    if (isTry) this.#isTrying = false;
    this.#failures = 0;
    this.#opens = 0;
  }

  failed(isTry: boolean): void {
    const { openAfter, now } = this.#options;
    if (isTry) this.#isTrying = false;
    if (this.#failures === 0) this.#failingSince = now();
    this.#failures++;
    const isOpening = this.#failures === openAfter;
    // What was under way when the circuit opened says nothing new.
    if (isTry || isOpening) this.#tryAt = now() + this.backoff(openAfter + this.#opens++);
  }

  /** Milliseconds to wait after so many failures: twice as long each time, less up to a half at random. */
  backoff(failures: number): number {
    const { min, max, random } = this.#options;
    const longest = Math.min(max, min * 2 ** Math.min(30, failures - 1));
    return longest * (1 - random() / 2);
  }
}
