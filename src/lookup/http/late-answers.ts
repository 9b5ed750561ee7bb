/**
 * Keeps admissions that arrived after their login was answered, for the client's next attempt, which then
 * costs nothing. Without them, a client whose look-up is always slightly too slow never gets in, and each
 * attempt repeats the work.
 *
 * Entries are keyed by keyed hashes of all that the answer depends on, as in the cache, and used once.
 */
import { randomBytes } from 'node:crypto';
import type { MethodAnswer } from '../../policy/policy.ts';
import { hashParts } from '../cache.ts';

export interface LateAnswersOptions {
  /** How long an admission is kept, in milliseconds. */
  readonly ttl: number;
  /** Wall clock, because a grant may expire earlier: milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences count. */
  readonly monotonic: () => number;
  /** Approximate limit in bytes; the oldest entries are evicted. Default: 8 MiB. */
  readonly maxBytes?: number;
}

export interface LateAnswers {
  /** Takes out the admission that came too late for an earlier attempt. */
  take(parts: readonly string[]): MethodAnswer | undefined;
  /** Keeps the answer if it admits the client and arrives after the signal has ended. */
  follow(parts: readonly string[], answer: Promise<MethodAnswer>, signal: AbortSignal): void;
  /** Forgets everything, including look-ups in progress. Call it when the policy changes. */
  clear(): void;
  readonly size: number;
}

type Admitted = MethodAnswer & { readonly result: 'allow' };

interface Entry {
  readonly answer: Admitted;
  readonly until: number;
  readonly bytes: number;
}

const MAX_BYTES = 8 * 2 ** 20;
/** Bytes of an entry without its grant. */
const ENTRY_BYTES = 300;

export function createLateAnswers(options: LateAnswersOptions): LateAnswers {
  const { ttl, now, monotonic, maxBytes = MAX_BYTES } = options;
  const secret = randomBytes(32);
  /** Oldest first: all have the same lifetime. */
  const entries = new Map<string, Entry>();
  let bytes = 0;
  let generation = 0;

  function remove(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    bytes -= entry.bytes;
    return entry;
  }

  function trim(): void {
    for (const [key, { until }] of entries) {
      if (until > monotonic() && bytes <= maxBytes) return;
      remove(key);
    }
  }

  function keep(parts: readonly string[], answer: Admitted): void {
    const key = hashParts(parts, secret);
    remove(key);
    const size = ENTRY_BYTES + 2 * (JSON.stringify(answer.grant)?.length ?? 0);
    entries.set(key, { answer, until: monotonic() + ttl, bytes: size });
    bytes += size;
    trim();
  }

  return {
    take(parts) {
      trim();
      if (entries.size === 0) return undefined;
      const answer = remove(hashParts(parts, secret))?.answer;
      const end = answer?.grant?.expiresAt ?? Number.POSITIVE_INFINITY;
      return end > now() ? answer : undefined;
    },
    follow(parts, work, signal) {
      const mine = generation;
      work.then(
        (answer) => {
          if (signal.aborted && mine === generation && answer.result === 'allow') keep(parts, answer);
        },
        () => {},
      );
    },
    clear() {
      generation++;
      entries.clear();
      bytes = 0;
    },
    get size() {
      return entries.size;
    },
  };
}
