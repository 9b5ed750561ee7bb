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
  counter('exhook_verdicts_total', 'Verdicts of policies, by the method or rule that decided', ({ live }) =>
    live.counters.decisions.map(({ calls, ...labels }) => ({ labels, value: calls })),
  ),
  counter(
    'exhook_condition_failures_total',
    'Conditions (when) that could not be evaluated, so that their rules were passed over',
    ({ live }) => labelled('hook', live.counters.notes.conditions),
  ),
  counter(
    'exhook_rule_failures_total',
    'Message rules that could not be applied, so that onError decided',
    ({ live }) => labelled('hook', live.counters.notes.rules),
  ),
  counter(
    'exhook_policy_renewals_failed_total',
    'New rules, users or keys that could not be read or used, so that the old ones stay',
    ({ live }) => (live.counters.policy === undefined ? [] : labelled('of', { ...live.counters.refusals })),
  ),
  counter(
    'exhook_login_cache_lookups_total',
    'Logins that asked the cache',
    ofPolicy(({ cache }) =>
      cache === undefined
        ? []
        : labelled('result', { hit: cache.hits, joined: cache.joined, miss: cache.misses }),
    ),
  ),
  counter(
    'exhook_login_cache_evictions_total',
    'Logins that the full cache has forgotten',
    ofPolicy(({ cache }) => (cache === undefined ? [] : single(cache.evictions))),
  ),
  gauge(
    'exhook_login_cache_entries',
    'Logins in the cache',
    ofPolicy(({ cache }) => (cache === undefined ? [] : single(cache.size))),
  ),
  counter(
    'exhook_login_limiter_total',
    'Logins by what the limiter did with them',
    ofPolicy(({ limiter }) => (limiter === undefined ? [] : labelled('action', { ...limiter }))),
  ),
  gauge(
    'exhook_password_hashes',
    'Passwords that are being hashed, or wait for it',
    ofPolicy(({ hashing }) => labelled('state', { ...hashing })),
  ),
  counter(
    'exhook_tags_skipped_total',
    'Entries of claims that can be no tags, by login method',
    ofPolicy(({ skippedTags }) => labelled('method', { ...skippedTags })),
  ),
  gauge(
    'exhook_granted_clients',
    'Clients whose grants are in memory',
    ofPolicy(({ granted }) => single(granted)),
  ),
  counter(
    'exhook_shared_grants_total',
    'Grants read from Redis and written to it',
    ofPolicy(({ sharedGrants }) =>
      sharedGrants === undefined
        ? []
        : [...operation('read', sharedGrants.loads), ...operation('write', sharedGrants.keeps)],
    ),
  ),
  gauge(
    'exhook_shared_grants_connected',
    '1 while Redis is connected',
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
