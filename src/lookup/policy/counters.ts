/** Reads the counters of an open policy on demand. */
import type { Admission } from '../../lib/admission/admission.ts';
import type { GrantStore } from '../grants/store.ts';
import type { LoginCache } from './login-cache.ts';
import type { LoginLimiter } from './login-limiter.ts';
import type { OpenedMethod } from './methods.ts';
import type { PolicyCounters } from './open-policy.ts';

export interface Counted {
  readonly cache: LoginCache | undefined;
  readonly limiter: LoginLimiter | undefined;
  readonly grants: GrantStore;
  readonly hashing: Admission;
  readonly methods: readonly OpenedMethod[];
}

export function countersOf({ cache, limiter, grants, hashing, methods }: Counted): PolicyCounters {
  return {
    get cache() {
      return cache?.stats;
    },
    limiter: limiter?.counts,
    get granted() {
      return grants.size;
    },
    get sharedGrants() {
      return grants.shared?.stats;
    },
    get hashing() {
      return { working: hashing.working, waiting: hashing.waiting };
    },
    get skippedTags() {
      const read = methods.flatMap(({ name, open }) =>
        open?.skippedTags === undefined ? [] : [[name, open.skippedTags] as const],
      );
      return Object.fromEntries(read);
    },
  };
}
