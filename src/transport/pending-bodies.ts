/**
 * Tracks streams whose request body has not arrived yet.
 *
 * If EMQX cannot encode a value, it leaves a stream open forever, with neither body nor end. Our own timer must end
 * such streams, and their number must be limited.
 */

import type { Link } from '../lib/linked-list.ts';
import { type Since, SweptList } from './swept-list.ts';

/** `since`: when the stream was opened. */
export interface PendingBody extends Since {
  /** The body did not arrive in time. */
  expire(): void;
  /** Too many streams wait, and this one has waited longest. */
  evict(): void;
}

/** Removes a waiting stream via `remove`. */
export type Slot = Link<PendingBody>;

export class PendingBodies {
  readonly #timeout: number;
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #waiting = new SweptList<PendingBody>(() => this.sweep());

  constructor(timeout: number, capacity: number, now: () => number = () => performance.now()) {
    this.#timeout = timeout;
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#waiting.size;
  }

  enter(stream: PendingBody): Slot {
    const place = this.#waiting.add(stream);
    if (this.#waiting.size > this.#capacity) this.#waiting.shift()?.evict();
    return place;
  }

  /** Ends every stream that has waited too long. */
  sweep(): void {
    const oldest = this.#now() - this.#timeout;
    this.#waiting.endWhile(
      ({ since }) => since <= oldest,
      (stream) => stream.expire(),
    );
  }

  close(): void {
    this.#waiting.close();
  }
}
