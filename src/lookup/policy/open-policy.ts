/** What a policy is opened from, and what comes of it. */
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
  /** Outlives a reload: who is connected stays connected. */
  readonly grants: GrantStore;
  /** Outlives a reload of the configuration: an ACL file that stays is not compiled twice. Default: one of its own. */
  readonly knownAcls?: KnownAcls;
  /** The policy has another state: its `policies` are to be read again. */
  readonly onChange: () => void;
}

export interface OpenPolicy {
  /** As they are now; read again after `onChange`. */
  readonly policies: {
    readonly revision: string;
    readonly authenticate?: AuthenticatePolicy | undefined;
    readonly authorize?: AuthorizePolicy | undefined;
    readonly publish?: PublishPolicy | undefined;
  };
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** The rules in force, sources included: for `exhook explain` and `exhook test`. */
  readonly rules: readonly Rule[];
  /** The language of their conditions, when one of them has a condition. */
  readonly conditions: CompileCondition | undefined;
  readonly warnings: readonly string[];
  /** Plain numbers, for metrics. */
  readonly counters: PolicyCounters;
  /** A login was decided: counts it, and remembers what the client was granted. */
  loginDecided(client: Known, decision: Decision): void;
  /** Another policy is in force: watches no ACL file any more, and answers the calls that asked this one. */
  retire(): void;
  close(): void;
}

export interface PolicyCounters {
  /** Absent when logins are not remembered. */
  readonly cache: CacheStats | undefined;
  /** Absent when logins are not limited. */
  readonly limiter: LimiterCounts | undefined;
  /** Clients whose grants are remembered. */
  readonly granted: number;
  /** Present when grants are shared with other instances. */
  readonly sharedGrants: SharedStats | undefined;
  readonly hashing: { readonly working: number; readonly waiting: number };
  /** Entries of claims that could be no tags, by login method; methods with tokens only. */
  readonly skippedTags: Readonly<Record<string, number>>;
}
