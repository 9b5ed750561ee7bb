import { describe, expect, it } from 'vitest';
import type { PolicyCounters } from '../../src/lookup/open-policy.ts';
import { type PolicyMetricSource, policyMetrics } from '../../src/telemetry/policy-metrics.ts';

type Numbers = PolicyMetricSource['live']['counters'];

const refusals = { rules: 1, users: 0 };
const none: Numbers = { decisions: [], notes: { conditions: {}, rules: {} }, policy: undefined, refusals };

const policy: PolicyCounters = {
  cache: { hits: 1, misses: 2, joined: 3, evictions: 4, size: 5 },
  limiter: { passed: 6, delayed: 7, refused: 8 },
  granted: 9,
  hashing: { working: 10, waiting: 11 },
  skippedTags: { jwt: 16 },
  sharedGrants: { isConnected: true, loads: { done: 12, failed: 13 }, keeps: { done: 14, failed: 15 } },
};

/** Each as `name{label=value} number`. */
function read(counters: Numbers): string[] {
  return policyMetrics.flatMap(({ name, values }) =>
    values({ live: { counters } }).map(({ labels, value }) => {
      const text = Object.entries(labels).map(([label, of]) => `${label}=${of}`);
      return `${name.replace(/^exhook_/, '')}{${text.join(',')}} ${value}`;
    }),
  );
}

describe('the metrics of policies', () => {
  it('are none without a policy', () => {
    expect(read(none)).toEqual([]);
  });

  it('tell who decided what, and what could not be decided', () => {
    const decisions = [
      { hook: 'client.authorize', verdict: 'deny', by: 'rule 3', mode: 'enforce', calls: 2 },
      { hook: 'client.authenticate', verdict: 'allow', by: 'jwt', mode: 'shadow', calls: 1 },
    ] as const;
    const notes = { conditions: { 'client.authorize': 4 }, rules: { 'message.publish': 5 } };
    expect(read({ ...none, decisions, notes })).toEqual([
      'verdicts_total{hook=client.authorize,verdict=deny,by=rule 3,mode=enforce} 2',
      'verdicts_total{hook=client.authenticate,verdict=allow,by=jwt,mode=shadow} 1',
      'condition_failures_total{hook=client.authorize} 4',
      'rule_failures_total{hook=message.publish} 5',
    ]);
  });

  it('count the results of look-ups', () => {
    expect(read({ ...none, policy })).toEqual([
      'policy_renewals_failed_total{of=rules} 1',
      'policy_renewals_failed_total{of=users} 0',
      'login_cache_lookups_total{result=hit} 1',
      'login_cache_lookups_total{result=joined} 3',
      'login_cache_lookups_total{result=miss} 2',
      'login_cache_evictions_total{} 4',
      'login_cache_entries{} 5',
      'login_limiter_total{action=passed} 6',
      'login_limiter_total{action=delayed} 7',
      'login_limiter_total{action=refused} 8',
      'password_hashes{state=working} 10',
      'password_hashes{state=waiting} 11',
      'tags_skipped_total{method=jwt} 16',
      'granted_clients{} 9',
      'shared_grants_total{operation=read,outcome=done} 12',
      'shared_grants_total{operation=read,outcome=failed} 13',
      'shared_grants_total{operation=write,outcome=done} 14',
      'shared_grants_total{operation=write,outcome=failed} 15',
      'shared_grants_connected{} 1',
    ]);
  });

  it('omit what is not configured', () => {
    const small = { ...policy, cache: undefined, limiter: undefined, sharedGrants: undefined };
    expect(read({ ...none, policy: small }).map((line) => line.split('{')[0])).toEqual([
      'policy_renewals_failed_total',
      'policy_renewals_failed_total',
      'password_hashes',
      'password_hashes',
      'tags_skipped_total',
      'granted_clients',
    ]);
  });
});
