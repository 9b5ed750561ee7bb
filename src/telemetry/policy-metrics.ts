/** What policies and their look-ups did. All but verdicts and failures are counters that start at 0 when a policy is read again. */
import type { PolicyCounters } from '../lookup/open-policy.ts';
import type { NoteCounts } from './decision-notes.ts';
import { counter, gauge, type Metric, type MetricValue, type Read, single } from './metric.ts';
import type { VerdictCount } from './verdict-tally.ts';

export interface PolicyMetricSource {
  readonly live: { readonly counters: PolicyNumbers };
}

interface PolicyNumbers {
  readonly decisions: readonly VerdictCount[];
  readonly notes: NoteCounts;
  /** Absent where no policy is configured: then there is nothing to tell. */
  readonly policy: PolicyCounters | undefined;
  /** How often new rules, users or keys could not be used. */
  readonly refusals: Readonly<Record<string, number>>;
}

type PolicyRead = Read<PolicyMetricSource>;

export const policyMetrics: readonly Metric<PolicyMetricSource>[] = [
  counter(
    {
      name: 'exhook_verdicts_total',
      help: 'Verdicts of policies, by the method or rule that decided',
      labels: ['hook', 'verdict', 'by', 'mode'],
      unit: 'calls',
      meaning:
        'Verdicts of policies. `by` is the method or rule, or `otherwise`, `limiter`, `grants` or `onError`. `mode` is `enforce`, or `shadow` when the verdict was kept from the broker.',
    },
    ({ live }) => live.counters.decisions.map(({ calls, ...labels }) => ({ labels, value: calls })),
  ),
  counter(
    {
      name: 'exhook_condition_failures_total',
      help: 'Conditions (when) that failed: their rules were skipped',
      labels: ['hook'],
      unit: 'conditions',
      meaning: 'Conditions (`when`) that failed: their rules were skipped.',
    },
    ({ live }) => labelled('hook', live.counters.notes.conditions),
  ),
  counter(
    {
      name: 'exhook_rule_failures_total',
      help: 'Message rules that could not be applied: onError decided',
      labels: ['hook'],
      unit: 'calls',
      meaning: 'Message rules that could not be applied: `onError` decided.',
    },
    ({ live }) => labelled('hook', live.counters.notes.rules),
  ),
  counter(
    {
      name: 'exhook_policy_renewals_failed_total',
      help: 'New rules, users or keys that could not be read or used: the old ones stay in effect',
      labels: ['of'],
      unit: '',
      meaning:
        'New `rules` (ACL files), `users` or `keys` (a file, or a JWKS) that could not be read or used. The old ones stay in effect.',
    },
    ({ live }) => (live.counters.policy === undefined ? [] : labelled('of', { ...live.counters.refusals })),
  ),
  counter(
    {
      name: 'exhook_login_cache_lookups_total',
      help: 'Lookups in the login cache',
      labels: ['result'],
      unit: 'logins',
      meaning:
        'Lookups in `authenticate.cache`: `hit`, `miss`, or `joined` if the same login was being looked up already.',
    },
    ofPolicy(({ cache }) =>
      cache === undefined
        ? []
        : labelled('result', { hit: cache.hits, joined: cache.joined, miss: cache.misses }),
    ),
  ),
  counter(
    {
      name: 'exhook_login_cache_evictions_total',
      help: 'Logins evicted from the full cache',
      labels: [],
      unit: 'logins',
      meaning: 'Logins evicted from the full cache (`cache.max`).',
    },
    ofPolicy(({ cache }) => (cache === undefined ? [] : single(cache.evictions))),
  ),
  gauge(
    {
      name: 'exhook_login_cache_entries',
      help: 'Logins in the cache',
      labels: [],
      unit: 'logins',
      meaning: 'Logins in the cache.',
    },
    ofPolicy(({ cache }) => (cache === undefined ? [] : single(cache.size))),
  ),
  counter(
    {
      name: 'exhook_login_limiter_total',
      help: 'Logins by the decision of the limiter',
      labels: ['action'],
      unit: 'logins',
      meaning: 'Logins by the decision of `authenticate.limiter`: `passed`, `delayed`, `refused`.',
    },
    ofPolicy(({ limiter }) => (limiter === undefined ? [] : labelled('action', { ...limiter }))),
  ),
  gauge(
    {
      name: 'exhook_password_hashes',
      help: 'Passwords that are being hashed or wait to be hashed',
      labels: ['state'],
      unit: 'passwords',
      meaning: 'Passwords that are being hashed (`working`), and that wait for a free thread (`waiting`).',
    },
    ofPolicy(({ hashing }) => labelled('state', { ...hashing })),
  ),
  counter(
    {
      name: 'exhook_tags_skipped_total',
      help: 'Entries of claims that are not valid tags, by login method',
      labels: ['method'],
      unit: 'tags',
      meaning:
        'Entries of the claim `tags` of tokens that are not valid tags: empty, longer than 256 characters, or neither text nor number. They are ignored; the login is not refused.',
    },
    ofPolicy(({ skippedTags }) => labelled('method', { ...skippedTags })),
  ),
  gauge(
    {
      name: 'exhook_granted_clients',
      help: 'Clients whose grants are in memory',
      labels: [],
      unit: 'clients',
      meaning: 'Clients whose grants are in the memory of this process, limited by `authorize.grants.max`.',
    },
    ofPolicy(({ granted }) => single(granted)),
  ),
  counter(
    {
      name: 'exhook_shared_grants_total',
      help: 'Grants read from Redis and written to it',
      labels: ['operation', 'outcome'],
      unit: 'grants',
      meaning:
        'Grants read from Redis and written to it (`read`, `write`), `done` or `failed`. After a failure `onError` decides.',
    },
    ofPolicy(({ sharedGrants }) =>
      sharedGrants === undefined
        ? []
        : [...operation('read', sharedGrants.loads), ...operation('write', sharedGrants.keeps)],
    ),
  ),
  gauge(
    {
      name: 'exhook_shared_grants_connected',
      help: '1 while Redis is connected',
      labels: [],
      unit: '',
      meaning: '1 while Redis is connected. With several workers, the number that are connected.',
    },
    ofPolicy(({ sharedGrants }) =>
      sharedGrants === undefined ? [] : single(Number(sharedGrants.isConnected)),
    ),
  ),
];

function ofPolicy(read: (counters: PolicyCounters) => MetricValue[]): PolicyRead {
  return ({ live }) => (live.counters.policy === undefined ? [] : read(live.counters.policy));
}

function labelled(label: string, numbers: Readonly<Record<string, number>>): MetricValue[] {
  return Object.entries(numbers).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function operation(
  name: string,
  { done, failed }: { readonly done: number; readonly failed: number },
): MetricValue[] {
  return labelled('outcome', { done, failed }).map(({ labels, value }) => ({
    labels: { operation: name, ...labels },
    value,
  }));
}
