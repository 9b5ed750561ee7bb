/**
 * Streams whose request body has not come yet.
 *
 * EMQX leaves a stream open for ever, with neither body nor end, when it cannot encode a value: such streams
 * must be ended by our own timer, and must not add up.
 */

import { type Link, LinkedList } from '../linked-list.ts';

export interface Waiting {
  /** Milliseconds by the clock of the room, at which the stream was opened. */
  readonly since: number;
  /** The body did not come in time. */
  expire(): void;
  /** Too many streams wait, and this one has waited longest. */
  evict(): void;
}

/** What one that waits leaves again, by `remove`. */
export type Place = Link<Waiting>;

/** How often waiting streams are looked at, in milliseconds. */
const SWEEP_INTERVAL = 250;

export class WaitingRoom {
  readonly #timeout: number;
  readonly #capacity: number;
  readonly #now: () => number;
  /** In the order of arrival, so that a sweep stops at the first that may wait longer. */
  readonly #waiting = new LinkedList<Waiting>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(timeout: number, capacity: number, now: () => number = () => performance.now()) {
    this.#timeout = timeout;
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#waiting.size;
  }

  enter(stream: Waiting): Place {
    const place = this.#waiting.add(stream);
    if (this.#waiting.size > this.#capacity) this.#waiting.shift()?.evict();
    this.#sweep ??= setInterval(() => this.sweep(), SWEEP_INTERVAL).unref();
    return place;
  }

  /** Ends every stream that has waited too long. */
  sweep(): void {
    const oldest = this.#now() - this.#timeout;
    for (let place = this.#waiting.first; place !== undefined; place = this.#waiting.first) {
      if (place.item.since > oldest) return;
      place.remove();
      place.item.expire();
    }
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
