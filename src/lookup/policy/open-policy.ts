/** The inputs and the result of opening a policy. */
import type { Lookup } from '../../core/runtime.ts';
import type { CompileCondition } from '../../policy/condition.ts';
import type { PublishPolicy } from '../../policy/messages/decide.ts';
import type { AuthenticatePolicy, AuthorizePolicy, Known } from '../../policy/policy.ts';
import type { Rule } from '../../policy/topics/rule.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import type { KnownAcls } from '../acl/load.ts';
import type { CacheStats } from '../cache.ts';
import type { GrantStore, SharedStats } from '../grants/store.ts';
import type { MethodWorld } from '../methods/method.ts';
import type { Authenticate } from '../sections/authenticate.ts';
import type { Authorize } from '../sections/authorize.ts';
import type { Publish } from '../sections/publish.ts';
import type { LimiterCounts } from './login-limiter.ts';

/** The sections that are policies, and the targets of events, which may rely on names of clients. */
export interface PolicyConfig {
  readonly authenticate?: Authenticate | undefined;
  readonly authorize?: Authorize | undefined;
  readonly publish?: Publish | undefined;
  readonly events?: {
    readonly routes: readonly { readonly shape: { readonly target?: string | undefined } }[];
  };
}

export interface PolicyWorld extends Omit<MethodWorld, 'hashing' | 'onChange'> {
  /** Outlives a reload, because clients stay connected. */
  readonly grants: GrantStore;
  /** Outlives a reload: an unchanged ACL file is not compiled again. Default: not shared. */
  readonly knownAcls?: KnownAcls;
  /** Called when the policy has changed: read its `policies` again. */
  readonly onChange: () => void;
}

export interface OpenPolicy {
  /** The current policies; read them again after `onChange`. */
  readonly policies: {
    readonly revision: string;
    readonly authenticate?: AuthenticatePolicy | undefined;
    readonly authorize?: AuthorizePolicy | undefined;
    readonly publish?: PublishPolicy | undefined;
  };
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** The rules in force, sources included: for `exhook explain` and `exhook test`. */
  readonly rules: readonly Rule[];
  /** The condition language, when a rule has a condition. */
  readonly conditions: CompileCondition | undefined;
  readonly warnings: readonly string[];
  /** Plain numbers, for metrics. */
  readonly counters: PolicyCounters;
  /** Counts a decided login and remembers the client's grant. */
  loginDecided(client: Known, decision: Decision): void;
  /**
   * Called when another policy is in force: stops watching ACL files; calls in progress are still answered.
   */
  retire(): void;
  close(): void;
}

export interface PolicyCounters {
  /** Absent when logins are not cached. */
  readonly cache: CacheStats | undefined;
  /** Absent when logins are not limited. */
  readonly limiter: LimiterCounts | undefined;
  /** Number of clients with a grant in memory. */
  readonly granted: number;
  /** Present when grants are shared with other instances. */
  readonly sharedGrants: SharedStats | undefined;
  readonly hashing: { readonly working: number; readonly waiting: number };
  /** Claim entries that could not be tags, by login method; only methods with tokens. */
  readonly skippedTags: Readonly<Record<string, number>>;
}
