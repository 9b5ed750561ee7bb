/**
 * The line of waiting callers: decides who is next and who is refused.
 *
 * While all can be served in time, the line is first in, first out. A caller that cannot be served in time is
 * refused at once. When refusals persist, it is an overload: then the newest is next, because it has the most
 * time left, and the line is kept short. The others are refused early instead of waiting in vain.
 */
import { type Link, LinkedList } from '../linked-list.ts';
import type { ServiceTime } from './service-time.ts';

/** A waiting caller. Times are milliseconds by one monotonic clock. */
export interface Waiter {
  readonly since: number;
  /** When the work must have ended. */
  readonly deadline: number;
  /** Approximate memory of the waiter. */
  readonly bytes: number;
  start(): void;
  refuse(): void;
}

/** How fast the line moves. */
export interface Pace {
  readonly serviceTime: ServiceTime;
  /** How many are served concurrently. */
  readonly servers: number;
}

/** Milliseconds of refusals with a line that was never empty, after which it is an overload. */
const STORM_AFTER = 1000;
/** Under overload, the fraction of its time that a caller may wait. */
const STORM_SHARE = 1 / 10;
/** Milliseconds: under overload, the time of a caller without a deadline. */
const DEFAULT_TIME = 4000;
/**
 * Under overload, a caller may wait for at least this many services: without any line, servers would idle.
 */
const MIN_SERVICES = 2;

interface Place {
  readonly waiter: Waiter;
  link?: Link<Place>;
}

export class WaitingLine {
  readonly #places = new LinkedList<Place>();
  readonly #pace: Pace;
  readonly #maxBytes: number;
  #bytes = 0;
  #refusingSince: number | undefined;
  #isStorm = false;

  /** @param pace read again for every decision. */
  constructor(pace: Pace, maxBytes: number) {
    this.#pace = pace;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#places.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isStorm(): boolean {
    return this.#isStorm;
  }

  /** @returns a function that removes the waiter; nothing when it was refused at once. */
  add(waiter: Waiter, now: number): (() => void) | undefined {
    const ahead = this.#isStorm ? 0 : this.size;
    const hasRoom = this.#isStorm || this.#bytes + waiter.bytes <= this.#maxBytes;
    if (!hasRoom || !this.#isInTime(waiter, ahead, now)) {
      waiter.refuse();
      this.#noteRefusal(now);
      return undefined;
    }
    const place: Place = { waiter };
    place.link = this.#places.add(place);
    this.#bytes += waiter.bytes;
    if (this.#isStorm) this.#shorten(now);
    return () => void this.#remove(place);
  }

  /**
   * Removes and returns the next waiter.
   *
   * @param isIdle whether nothing runs: then the last one in line is tried even if it may end too late,
   * because
   *   nothing else tells how long work takes now.
   */
  next(now: number, isIdle: boolean): Waiter | undefined {
    for (;;) {
      const place = this.#places[this.#isStorm ? 'last' : 'first']?.item;
      if (place === undefined) break;
      this.#remove(place);
      const { waiter } = place;
      const left = waiter.deadline - now;
      if (left > 0 && (left >= this.#pace.serviceTime.upper || (isIdle && this.size === 0))) return waiter;
      waiter.refuse();
    }
    this.#isStorm = false;
    this.#refusingSince = undefined;
    return undefined;
  }

  /**
   * Refuses waiters that can no longer be served in time: estimates also change when nobody comes or goes.
   */
  review(now: number): void {
    if (this.#isStorm) {
      this.#shorten(now);
      return;
    }
    let ahead = 0;
    for (const place of this.#places) {
      if (this.#isInTime(place.waiter, ahead, now)) ahead++;
      else if (this.#remove(place)) place.waiter.refuse();
    }
  }

  #isInTime({ deadline }: Waiter, ahead: number, now: number): boolean {
    const { serviceTime, servers } = this.#pace;
    const wait = ((ahead + 1) * (serviceTime.mean ?? 0)) / servers;
    return now + wait + serviceTime.upper <= deadline;
  }

  /** One large burst is not an overload: later callers must be refused, too. */
  #noteRefusal(now: number): void {
    this.#refusingSince ??= now;
    if (this.#isStorm || now - this.#refusingSince < STORM_AFTER) return;
    this.#isStorm = true;
    this.#shorten(now);
  }

  /** Under overload: refuses the oldest while the line is too long or they have waited too long. */
  #shorten(now: number): void {
    for (;;) {
      const oldest = this.#places.first?.item;
      if (oldest === undefined || !this.#isTooMuch(oldest.waiter, now)) return;
      this.#remove(oldest);
      oldest.waiter.refuse();
    }
  }

  #isTooMuch({ since, deadline }: Waiter, now: number): boolean {
    const { serviceTime, servers } = this.#pace;
    const { mean = 0, upper } = serviceTime;
    const time = Math.min(DEFAULT_TIME, deadline - since);
    const longest = Math.max(time * STORM_SHARE, (MIN_SERVICES * mean) / servers);
    const isLate = now - since > longest || now + upper > deadline;
    return isLate || this.#bytes > this.#maxBytes || (this.size * mean) / servers > longest;
  }

  #remove(place: Place): boolean {
    const wasIn = place.link?.remove() === true;
    if (wasIn) this.#bytes -= place.waiter.bytes;
    return wasIn;
  }
}
