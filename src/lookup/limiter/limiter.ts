/**
 * Slows down guessing: counts failed logins by client id, user name and address, each in a token bucket. An
 * attempt reserves a token of each bucket before its look-up, so concurrent guesses never exceed the tokens.
 * A failure spends them; any other outcome returns them. An attempt that finds only reserved tokens waits for
 * one; while a bucket is empty, attempts are delayed or refused.
 */

import { backoff } from '../../lib/backoff.ts';
import type { Link } from '../../lib/linked-list.ts';
import { Failure } from '../../protocol/failure.ts';
import { type BucketOptions, Buckets, type Outcome, type TryAgain } from './buckets.ts';
import { type Attempt, createKeys, type LimitedBy } from './keys.ts';

export type { Attempt, BucketOptions, LimitedBy };

export interface LimiterOptions {
  readonly perClientId?: BucketOptions;
  readonly perUsername?: BucketOptions;
  /** IPv6 addresses of one /64 count together. */
  readonly perAddress?: BucketOptions;
  /**
   * What happens while a bucket is empty. `refuse`: no look-up is made until a failure is forgiven. `delay`:
   * the attempt waits, twice as long with each further failure, from 100 ms up to `maxDelay`; at most `burst`
   * attempts do so concurrently, the others wait for their turn. Default: `refuse`.
   *
   * Names can be guessed: with `refuse`, anyone who knows a name can lock its owner out. Where that matters
   * more than guessing, limit addresses only, or use `delay`.
   */
  readonly action?: 'refuse' | 'delay';
  /** Milliseconds. Default: 2000, well within EMQX's `request_timeout` of 5 s. */
  readonly maxDelay?: number;
  /**
   * Most client ids, most user names and most addresses that are kept. Default: 100,000, about 10 MB for each
   * of the three.
   */
  readonly max?: number;
  /** Whether attempts wait for reserved tokens; otherwise they pass. Default: true. */
  readonly mayWait?: boolean;
  /** Milliseconds that never go back; only differences count. */
  readonly now: () => number;
}

/** Returns the outcome of an attempt for each kind of name. */
export type Settlement = (by: LimitedBy) => Outcome;

/** The tokens of an attempt. Settle it at least once; further calls do nothing. */
export interface Reservation {
  settle(settlement: Settlement): void;
}

export type LimiterVerdict =
  | { readonly action: 'pass'; readonly reservation: Reservation }
  | {
      readonly action: 'delay';
      readonly ms: number;
      readonly by: LimitedBy;
      readonly reservation: Reservation;
    }
  | { readonly action: 'refuse'; readonly retryAfterMs: number; readonly by: LimitedBy };

export interface Limiter {
  /**
   * Decides what to do with an attempt before its look-up.
   *
   * @throws Failure `lookup_timeout` when the signal ends the wait for a token.
   */
  enter(attempt: Attempt, signal: AbortSignal): LimiterVerdict | Promise<LimiterVerdict>;
  /** Counts a decision without a reservation. */
  count(attempt: Attempt, settlement: Settlement): void;
  readonly size: number;
}

const FIRST_DELAY = 100;
/** A token refilled up to rounding errors counts as whole. */
const ROUNDING = 1e-6;

interface Limit extends BucketOptions {
  readonly by: LimitedBy;
  readonly buckets: Buckets;
}

/** One limit and the attempt's key in it. */
interface Place {
  readonly limit: Limit;
  readonly key: string;
}

type Judgement =
  | { readonly kind: 'free' | 'wait' }
  | { readonly kind: 'empty'; readonly ms: number; readonly by: LimitedBy };

export function createLimiter(options: LimiterOptions): Limiter {
  const { action = 'refuse', maxDelay = 2000, mayWait = true } = options;
  const limits = openLimits(options, action === 'delay' ? maxDelay : 0);
  const keyOf = createKeys();

  function placesOf(attempt: Attempt): Place[] {
    return limits.flatMap((limit) => {
      const key = keyOf(limit.by, attempt);
      return key === undefined ? [] : [{ limit, key }];
    });
  }

  function judge({ limit, key }: Place): Judgement {
    const { burst, refill, buckets, by } = limit;
    const spent = buckets.spent(key);
    const reserved = buckets.reserved(key);
    // A bucket is empty while less than one whole token is left.
    const isEmpty = burst - spent < 1 - ROUNDING;
    if (!isEmpty) return { kind: mayWait && burst - spent - reserved < 1 - ROUNDING ? 'wait' : 'free' };
    if (action === 'refuse')
      return { kind: 'empty', ms: Math.max(1, Math.ceil((spent - burst + 1) * refill)), by };
    if (mayWait && reserved >= burst) return { kind: 'wait' };
    const excess = Math.max(0, Math.floor(spent - burst + ROUNDING)) + reserved;
    return { kind: 'empty', ms: backoff(excess + 1, { first: FIRST_DELAY, longest: maxDelay }), by };
  }

  /** Returns the verdict, or where the attempt has to wait. */
  function tryEnter(places: readonly Place[]): LimiterVerdict | Place {
    const judgements = places.map(judge);
    const held = judgements.reduce(stricter, { kind: 'free' });
    if (held.kind === 'empty' && action === 'refuse') return { action, retryAfterMs: held.ms, by: held.by };
    const blocked = places[judgements.findIndex(({ kind }) => kind === 'wait')];
    if (blocked !== undefined) return blocked;
    const reservation = reserve(places);
    return held.kind === 'empty'
      ? { action: 'delay', ms: held.ms, by: held.by, reservation }
      : { action: 'pass', reservation };
  }

  return {
    enter(attempt, signal) {
      const places = placesOf(attempt);
      const result = tryEnter(places);
      return 'action' in result ? result : waitAt(result, () => tryEnter(places), signal);
    },
    count(attempt, settlement) {
      for (const { limit, key } of placesOf(attempt))
        if (settlement(limit.by) === 'spent') limit.buckets.spend(key);
    },
    get size() {
      return limits.reduce((sum, { buckets }) => sum + buckets.size, 0);
    },
  };
}

function openLimits(options: LimiterOptions, longestDelay: number): Limit[] {
  const { perClientId, perUsername, perAddress, max = 100_000, now } = options;
  // Below empty, failures count only as far as they make the delay longer.
  const beyond = Math.max(0, Math.ceil(Math.log2(Math.max(1, longestDelay / FIRST_DELAY))));
  const kinds = [
    ['client_id', perClientId],
    ['user_name', perUsername],
    ['address', perAddress],
  ] as const;
  return kinds.flatMap(([by, bucket]) => {
    if (bucket === undefined) return [];
    const ceiling = bucket.burst + beyond;
    return [{ by, ...bucket, buckets: new Buckets({ ...bucket, ceiling, max, now }) }];
  });
}

function reserve(places: readonly Place[]): Reservation {
  for (const { limit, key } of places) limit.buckets.reserve(key);
  let isOpen = true;
  return {
    settle(settlement) {
      if (!isOpen) return;
      isOpen = false;
      for (const { limit, key } of places) limit.buckets.settle(key, settlement(limit.by));
    },
  };
}

/** Waits in the bucket without a free token until the attempt may enter. */
function waitAt(
  first: Place,
  tryEnter: () => LimiterVerdict | Place,
  signal: AbortSignal,
): Promise<LimiterVerdict> {
  return new Promise((resolve, reject) => {
    let link: Link<TryAgain>;
    const giveUp = (): void => {
      link.remove();
      reject(new Failure('lookup_timeout', 'too many logins for this name or address are in progress'));
    };
    const waitIn = (place: Place): void => {
      link = place.limit.buckets.wait(place.key, () => tryAgain(place));
    };
    const tryAgain = (before: Place): boolean => {
      const result = tryEnter();
      if ('action' in result) {
        signal.removeEventListener('abort', giveUp);
        resolve(result);
        return false;
      }
      waitIn(result);
      // A client id and a user name may have the same key.
      return result.limit === before.limit && result.key === before.key;
    };
    waitIn(first);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** Returns the judgement with the longer wait. */
function stricter(a: Judgement, b: Judgement): Judgement {
  return msOf(b) > msOf(a) ? b : a;
}

function msOf(judgement: Judgement): number {
  return judgement.kind === 'empty' ? judgement.ms : 0;
}
