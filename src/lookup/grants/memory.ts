/** Keeps grants in the memory of this process, bounded. A restart forgets them. */
import { LruMap } from '../../lib/lru.ts';
import {
  type GrantStore,
  grantedTo,
  type KeptGrant,
  keptGrant,
  MAX_GRANT_BYTES,
  memoryKeyOf,
} from './store.ts';

export interface MemoryGrantsOptions {
  /** Most clients; the least recently used is evicted. */
  readonly max: number;
  /** Approximate limit for the bytes of all grants. Default: `MAX_GRANT_BYTES`. */
  readonly maxBytes?: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createMemoryGrants({
  max,
  maxBytes = MAX_GRANT_BYTES,
  now,
}: MemoryGrantsOptions): GrantStore {
  const entries = new LruMap<string, KeptGrant>(max, { max: maxBytes, of: ({ bytes }) => bytes });
  return {
    find(client) {
      const kept = entries.get(memoryKeyOf(client));
      return kept && grantedTo(client, kept, now());
    },
    save(client, grant) {
      const kept = keptGrant(client, grant);
      if (kept === undefined) entries.delete(memoryKeyOf(client));
      else entries.set(memoryKeyOf(client), kept);
    },
    get size() {
      return entries.size;
    },
    close() {},
  };
}
