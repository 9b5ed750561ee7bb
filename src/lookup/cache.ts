/**
 * Caches look-up answers and merges concurrent look-ups of the same key. Keys are stored only as keyed
 * hashes: the memory or a dump of it reveals no password.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { type LruBytes, LruMap } from '../lib/lru.ts';

export interface CacheOptions<Value> {
  /** How long a positive answer is kept, in milliseconds. 0: not at all. */
  readonly ttl: number;
  /** How long a negative answer is kept, in milliseconds. */
  readonly negativeTtl: number;
  /** Fraction by which lifetimes are shortened at random, from 0 to 1: entries do not expire at once. */
  readonly jitter?: number;
  /** Most entries; the least recently used is evicted. */
  readonly max: number;
  /** Most bytes of answers; the least recently used is evicted. */
  readonly bytes: LruBytes<Value>;
  readonly isPositive: (value: Value) => boolean;
  /** Whether an answer may be cached. Default: always. */
  readonly isKept?: (value: Value) => boolean;
  /**
   * When the answer itself expires (such as a token), in milliseconds since 1970: a bound for its lifetime.
   */
  readonly expiresAt?: (value: Value) => number | undefined;
  /** Wall clock, for `expiresAt` only: milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences count. */
  readonly monotonic: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Key of the keyed hash. Default: random per process. */
  readonly secret?: Uint8Array;
}

export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  /** Requests that joined a look-up in progress. */
  readonly joined: number;
  readonly evictions: number;
  readonly size: number;
}

export interface Cache<Value> {
  /**
   * Returns the cached answer or the result of `load`; failures are not cached. `parts` are everything that
   * the answer depends on, secrets included.
   */
  get(parts: readonly string[], load: () => Promise<Value>): Promise<Value>;
  /** Forgets everything, including look-ups in progress. Call it when the policy changes. */
  clear(): void;
  readonly stats: CacheStats;
}

interface Entry<Value> {
  readonly value: Value;
  /** By the monotonic clock. */
  readonly until: number;
  /** By the wall clock. */
  readonly expiresAt: number;
}

export function createCache<Value>(options: CacheOptions<Value>): Cache<Value> {
  const { now, monotonic, max, bytes, secret = randomBytes(32) } = options;
  const entries = new LruMap<string, Entry<Value>>(max, {
    max: bytes.max,
    of: ({ value }) => bytes.of(value),
  });
  let pending = new Map<string, Promise<Value>>();
  let hits = 0;
  let misses = 0;
  let joined = 0;
  let evictions = 0;

  function find(key: string): Entry<Value> | undefined {
    const entry = entries.get(key);
    if (entry === undefined || (entry.until > monotonic() && entry.expiresAt > now())) return entry;
    entries.delete(key);
    return undefined;
  }

  function remember(key: string, value: Value): void {
    if (options.isKept?.(value) === false) return;
    const until = monotonic() + lifetimeOf(value, options);
    const expiresAt = options.expiresAt?.(value) ?? Number.POSITIVE_INFINITY;
    if (until <= monotonic() || expiresAt <= now()) return;
    if (entries.set(key, { value, until, expiresAt })) evictions++;
  }

  async function look(key: string, load: () => Promise<Value>, mine: typeof pending): Promise<Value> {
    try {
      const value = await load();
      // After a clear() the answer may come from the old policy: it is returned but not cached.
      if (mine === pending) remember(key, value);
      return value;
    } finally {
      mine.delete(key);
    }
  }

  return {
    async get(parts, load) {
      const key = hashParts(parts, secret);
      const entry = find(key);
      if (entry !== undefined) {
        hits++;
        return entry.value;
      }
      const underWay = pending.get(key);
      if (underWay !== undefined) {
        joined++;
        return underWay;
      }
      misses++;
      const answer = look(key, load, pending);
      pending.set(key, answer);
      return answer;
    },
    clear() {
      entries.clear();
      pending = new Map();
    },
    get stats() {
      return { hits, misses, joined, evictions, size: entries.size };
    },
  };
}

/** In milliseconds. */
function lifetimeOf<Value>(value: Value, options: CacheOptions<Value>): number {
  const { ttl, negativeTtl, jitter = 0, isPositive, random } = options;
  return (isPositive(value) ? ttl : negativeTtl) * (1 - jitter * random());
}

/** Each part is hashed with its length: ["ab", "c"] differs from ["a", "bc"]. */
export function hashParts(parts: readonly string[], secret: Uint8Array): string {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(`${part.length}:`).update(part);
  return hmac.digest('base64');
}
