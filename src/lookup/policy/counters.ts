/** The numbers of an open policy, read when somebody asks. */
import type { Gate } from '../gate.ts';
import type { GrantStore } from '../grants/store.ts';
import type { LoginCache } from './login-cache.ts';
import type { LoginLimiter } from './login-limiter.ts';
import type { PolicyCounters } from './open-policy.ts';

export interface Counted {
  readonly cache: LoginCache | undefined;
  readonly limiter: LoginLimiter | undefined;
  readonly grants: GrantStore;
  readonly gate: Gate;
}

export function countersOf({ cache, limiter, grants, gate }: Counted): PolicyCounters {
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
      return { working: gate.working, waiting: gate.waiting };
    },
  };
}
