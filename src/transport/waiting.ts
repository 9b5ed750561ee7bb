/**
 * Streams whose request body has not come yet.
 *
 * EMQX leaves a stream open for ever, with neither body nor end, when it cannot encode a value: such streams
 * must be ended by our own timer, and must not add up.
 */

export interface Waiting {
  /** Milliseconds by the clock of the room, at which the stream was opened. */
  readonly since: number;
  /** The body did not come in time. */
  expire(): void;
  /** Too many streams wait, and this one has waited longest. */
  evict(): void;
}

/** How often waiting streams are looked at, in milliseconds. */
const SWEEP_INTERVAL = 250;

export class WaitingRoom {
  readonly #timeout: number;
  readonly #capacity: number;
  readonly #now: () => number;
  /** In the order of arrival, so that a sweep stops at the first that may wait longer. */
  readonly #waiting = new Set<Waiting>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(timeout: number, capacity: number, now: () => number = () => performance.now()) {
    this.#timeout = timeout;
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#waiting.size;
  }

  enter(stream: Waiting): void {
    this.#waiting.add(stream);
    if (this.#waiting.size > this.#capacity) this.#evictOldest();
    this.#sweep ??= setInterval(() => this.sweep(), SWEEP_INTERVAL).unref();
  }

  leave(stream: Waiting): void {
    this.#waiting.delete(stream);
  }

  /** Ends every stream that has waited too long. */
  sweep(): void {
    const oldest = this.#now() - this.#timeout;
    for (const stream of this.#waiting) {
      if (stream.since > oldest) return;
      this.#waiting.delete(stream);
      stream.expire();
    }
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #evictOldest(): void {
    for (const stream of this.#waiting) {
      this.#waiting.delete(stream);
      stream.evict();
      return;
    }
  }
}
