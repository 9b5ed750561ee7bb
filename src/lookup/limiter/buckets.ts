/**
 * Token buckets by key. A token is reserved for each attempt before it is looked up; then it is spent or comes back.
 * A spent token comes back with time.
 */
import { type Link, LinkedList } from '../../lib/linked-list.ts';
import { LruMap } from '../../lib/lru.ts';

export interface BucketOptions {
  /** Failures that cost nothing. */
  readonly burst: number;
  /** Milliseconds until one failure is forgiven. */
  readonly refill: number;
}

export interface BucketsOptions extends BucketOptions {
  /** Failures that are counted; further ones change nothing. */
  readonly ceiling: number;
  /** Most keys whose failures are remembered. Those with attempts under way come on top. */
  readonly max: number;
  /** Milliseconds that never go back; only differences count. */
  readonly now: () => number;
}

/** Tries to enter again. @returns whether it waits in the same bucket as before. */
export type TryAgain = () => boolean;

/** A key with attempts under way. It is forgotten for nobody's sake: its reservations would be given twice. */
interface Busy {
  /** When all failures are forgiven. */
  clearAt: number;
  reserved: number;
  readonly waiting: LinkedList<TryAgain>;
}

/** What became of an attempt: its token is spent, comes back, or comes back with all that were spent. */
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

  /** Failures that are not forgiven yet: a fraction when one is forgiven in part. */
  spent(key: string): number {
    const clearAt = this.#busy.get(key)?.clearAt ?? this.#idle.get(key);
    if (clearAt === undefined) return 0;
    const spent = (clearAt - this.#options.now()) / this.#options.refill;
    if (spent <= 0) this.#idle.delete(key);
    return Math.max(0, spent);
  }

  /** Tokens of attempts under way. */
  reserved(key: string): number {
    return this.#busy.get(key)?.reserved ?? 0;
  }

  reserve(key: string): void {
    this.#open(key).reserved++;
  }

  /** Gives up a reservation, and lets those try again that wait for one, the newest first: it has most time left. */
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

  /** Counts a failure for which nothing was reserved. */
  spend(key: string): void {
    const busy = this.#busy.get(key);
    if (busy === undefined) this.#idle.set(key, this.#afterFailure(key));
    else busy.clearAt = this.#afterFailure(key);
  }

  /** Waits for a reservation of the key to be given up. There must be one. */
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
