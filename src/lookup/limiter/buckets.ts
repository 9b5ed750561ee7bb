/**
 * Token buckets by key. Each attempt reserves a token before its look-up; the token is then spent or
 * returned. Spent tokens are refilled over time.
 */
import { type Link, LinkedList } from '../../lib/linked-list.ts';
import { LruMap } from '../../lib/lru.ts';

export interface BucketOptions {
  /** Failures without consequences. */
  readonly burst: number;
  /** Milliseconds until one failure is forgiven. */
  readonly refill: number;
}

export interface BucketsOptions extends BucketOptions {
  /** Most failures counted; further ones change nothing. */
  readonly ceiling: number;
  /** Most keys whose failures are kept. Keys with attempts in progress come on top. */
  readonly max: number;
  /** Milliseconds that never go back; only differences count. */
  readonly now: () => number;
}

/** Tries to enter again. @returns whether it waits in the same bucket as before. */
export type TryAgain = () => boolean;

/** A key with attempts in progress. It is never evicted: its reservations would be given out twice. */
interface Busy {
  /** When all failures are forgiven. */
  clearAt: number;
  reserved: number;
  readonly waiting: LinkedList<TryAgain>;
}

/** The outcome of an attempt: its token is spent, returned, or returned together with all spent ones. */
export type Outcome = 'spent' | 'returned' | 'forgiven';

export class Buckets {
  readonly #options: BucketsOptions;
  /** When all failures of a key are forgiven. */
  readonly #idle: LruMap<string, number>;
  readonly #busy = new Map<string, Busy>();

  constructor(options: BucketsOptions) {
    this.#options = options;
    this.#idle = new LruMap(options.max);
  }

  get size(): number {
    return this.#idle.size + this.#busy.size;
  }

  /** Failures that are not yet forgiven; a fraction when one is partly forgiven. */
  spent(key: string): number {
    const clearAt = this.#busy.get(key)?.clearAt ?? this.#idle.get(key);
    if (clearAt === undefined) return 0;
    const spent = (clearAt - this.#options.now()) / this.#options.refill;
    if (spent <= 0) this.#idle.delete(key);
    return Math.max(0, spent);
  }

  /** Tokens of attempts in progress. */
  reserved(key: string): number {
    return this.#busy.get(key)?.reserved ?? 0;
  }

  reserve(key: string): void {
    this.#open(key).reserved++;
  }

  /**
   * Releases a reservation and lets waiting attempts try again, the newest first: it has the most time left.
   */
  settle(key: string, outcome: Outcome): void {
    const busy = this.#busy.get(key);
    if (busy === undefined) return;
    busy.reserved--;
    if (outcome === 'spent') busy.clearAt = this.#afterFailure(key);
    if (outcome === 'forgiven') busy.clearAt = 0;
    for (let next = busy.waiting.last; next !== undefined; next = busy.waiting.last) {
      next.remove();
      if (next.item()) break;
    }
    this.#close(key, busy);
  }

  /** Counts a failure without a reservation. */
  spend(key: string): void {
    const busy = this.#busy.get(key);
    if (busy === undefined) this.#idle.set(key, this.#afterFailure(key));
    else busy.clearAt = this.#afterFailure(key);
  }

  /** Waits until a reservation of the key is released. There must be one. */
  wait(key: string, tryAgain: TryAgain): Link<TryAgain> {
    return this.#open(key).waiting.add(tryAgain);
  }

  #afterFailure(key: string): number {
    const { ceiling, refill, now } = this.#options;
    return now() + Math.min(ceiling, this.spent(key) + 1) * refill;
  }

  #open(key: string): Busy {
    const known = this.#busy.get(key);
    if (known !== undefined) return known;
    const busy = { clearAt: this.#idle.get(key) ?? 0, reserved: 0, waiting: new LinkedList<TryAgain>() };
    this.#idle.delete(key);
    this.#busy.set(key, busy);
    return busy;
  }

  #close(key: string, { clearAt, reserved }: Busy): void {
    if (reserved > 0) return;
    this.#busy.delete(key);
    if (clearAt > this.#options.now()) this.#idle.set(key, clearAt);
  }
}
