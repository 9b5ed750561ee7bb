/**
 * Streams whose request body has not come yet.
 *
 * EMQX leaves a stream open for ever, with neither body nor end, when it cannot encode a value: such streams
 * must be ended by our own timer, and must not add up.
 */

import type { Link } from '../lib/linked-list.ts';
import { type Since, SweptList } from './swept-list.ts';

/** `since`: when the stream was opened. */
export interface PendingBody extends Since {
  /** The body did not come in time. */
  expire(): void;
  /** Too many streams wait, and this one has waited longest. */
  evict(): void;
}

/** What one that waits leaves again, by `remove`. */
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
