/**
 * Slows down guessing: failed logins are counted per client id and per address, each in a token bucket. A
 * failure takes a token; tokens come back with time. While a bucket is empty, attempts wait or are refused.
 */
import { LruMap } from './lru.ts';

export interface BucketOptions {
  /** Failures that cost nothing. */
  readonly burst: number;
  /** Milliseconds until one failure is forgiven. */
  readonly refill: number;
}

export interface LimiterOptions {
  readonly perClientId?: BucketOptions;
  readonly perAddress?: BucketOptions;
  /**
   * What happens while a bucket is empty. `refuse`: no look-up is made until a failure is forgiven. `delay`:
   * the attempt waits, twice as long with each further failure, from 100 ms up to `maxDelay`. Default: `refuse`.
   *
   * A client id can be guessed: with `refuse`, whoever knows one can lock its owner out. Where that matters
   * more than guessing, limit addresses only, or delay.
   */
  readonly action?: 'refuse' | 'delay';
  /** Milliseconds. Default: 2000, well within EMQX's `request_timeout` of 5 s. */
  readonly maxDelay?: number;
  /** Most client ids, and most addresses, that are remembered. Default: 100,000, about 20 MB. */
  readonly max?: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

export interface Attempt {
  readonly clientid: string;
  readonly peerhost: string;
}

export type LimiterVerdict =
  | { readonly action: 'pass' }
  | { readonly action: 'delay'; readonly ms: number; readonly by: LimitedBy }
  | { readonly action: 'refuse'; readonly retryAfterMs: number; readonly by: LimitedBy };

export type LimitedBy = 'client_id' | 'address';

export interface Limiter {
  /** What to do with an attempt, before it is looked up. */
  check(attempt: Attempt): LimiterVerdict;
  /** Counts a failure. */
  fail(attempt: Attempt): void;
  /** Forgives the client id; its address may be that of many. */
  succeed(attempt: Attempt): void;
  readonly size: number;
}

const FIRST_DELAY = 100;

interface Bucket {
  /** Failures that are not forgiven yet, at `at`. */
  readonly failures: number;
  readonly at: number;
}

export function createLimiter(options: LimiterOptions): Limiter {
  const { action = 'refuse', maxDelay = 2000, max = 100_000, now } = options;
  const kinds = [
    { by: 'client_id', keyOf: (attempt: Attempt) => attempt.clientid, limit: options.perClientId },
    { by: 'address', keyOf: (attempt: Attempt) => attempt.peerhost, limit: options.perAddress },
  ] as const;
  const limits = kinds.flatMap(({ by, keyOf, limit }) =>
    limit === undefined ? [] : [{ by, keyOf, limit, buckets: new LruMap<string, Bucket>(max) }],
  );
  type Limit = (typeof limits)[number];

  function failuresOf({ keyOf, limit, buckets }: Limit, attempt: Attempt): number {
    const key = keyOf(attempt);
    const bucket = buckets.get(key);
    if (bucket === undefined) return 0;
    const left = bucket.failures - (now() - bucket.at) / limit.refill;
    if (left <= 0) buckets.delete(key);
    return Math.max(0, left);
  }

  function judge(limit: Limit, attempt: Attempt): LimiterVerdict {
    const { burst, refill } = limit.limit;
    const excess = failuresOf(limit, attempt) - burst;
    // A bucket is empty while less than one whole token is left.
    if (excess <= -1) return { action: 'pass' };
    if (action === 'refuse')
      return { action, retryAfterMs: Math.max(1, Math.ceil((excess + 1) * refill)), by: limit.by };
    return {
      action,
      ms: Math.min(maxDelay, FIRST_DELAY * 2 ** Math.max(0, Math.floor(excess))),
      by: limit.by,
    };
  }

  return {
    check(attempt) {
      return limits.map((limit) => judge(limit, attempt)).reduce(stricter, { action: 'pass' });
    },
    fail(attempt) {
      for (const limit of limits) {
        // Below empty, only what makes a delay longer is counted.
        const ceiling =
          limit.limit.burst + (action === 'delay' ? Math.ceil(Math.log2(maxDelay / FIRST_DELAY)) : 0);
        const failures = Math.min(ceiling, failuresOf(limit, attempt) + 1);
        limit.buckets.set(limit.keyOf(attempt), { failures, at: now() });
      }
    },
    succeed(attempt) {
      for (const limit of limits) if (limit.by === 'client_id') limit.buckets.delete(limit.keyOf(attempt));
    },
    get size() {
      return limits.reduce((sum, { buckets }) => sum + buckets.size, 0);
    },
  };
}

/** The verdict that holds an attempt up for longer. */
function stricter(a: LimiterVerdict, b: LimiterVerdict): LimiterVerdict {
  return waitOf(b) > waitOf(a) ? b : a;
}

function waitOf(verdict: LimiterVerdict): number {
  if (verdict.action === 'pass') return 0;
  return verdict.action === 'delay' ? verdict.ms : verdict.retryAfterMs;
}
