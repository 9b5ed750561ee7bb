/** Every metric that a server or a supervisor shows, with its labels: what dashboards and alerts may name. */

import { failureCodes } from '../../../src/protocol/failure.ts';
import { callOutcomes } from '../../../src/telemetry/call-tally.ts';
import { lookupOutcomes } from '../../../src/telemetry/lookup-tally.ts';
import { openProcessMetrics } from '../../../src/telemetry/prometheus.ts';
import { readWorkerMetrics } from '../../../src/telemetry/worker-metrics.ts';
import { aFullSource } from '../../support/metric-source.ts';
import { type Matcher, namesIn } from './promql.ts';

/** Labels by the name of a series: a histogram has three series. */
export type Catalog = ReadonlyMap<string, ReadonlySet<string>>;

/** What Prometheus itself adds. */
const ofPrometheus: Catalog = new Map([['up', new Set<string>()]]);
const ofTargets: readonly string[] = ['job', 'instance'];

/** Labels with few values, which are known: by metric, where they differ. */
const values: Readonly<Record<string, readonly string[]>> = {
  'exhook_calls_total outcome': callOutcomes,
  'exhook_lookups_total outcome': lookupOutcomes,
  'exhook_workers state': ['answering', 'silent', 'missing'],
  'exhook_password_hashes state': ['working', 'waiting'],
  'exhook_events_dropped_total reason': ['full', 'closed', 'withdrawn', 'dead_letter'],
  'exhook_verdicts_total by': ['onError', 'otherwise', 'limiter', 'grants'],
};

/** The kinds of replies: outcomes that are not failures. */
export const replyOutcomes = callOutcomes.filter((outcome) => !failureCodes.includes(outcome as never));

export async function readCatalog(): Promise<Catalog> {
  const snapshot = await (await openProcessMetrics(aFullSource())).snapshot();
  const all = [
    ...snapshot,
    ...readWorkerMetrics({ states: { answering: 1 }, restarts: 0, neverAsking: () => 0, outdated: () => 0 }),
  ];
  const catalog = new Map<string, Set<string>>();
  for (const { name, type, values: series } of all) {
    const isHistogram = (type as unknown as string) === 'histogram';
    const names = isHistogram ? ['_bucket', '_sum', '_count'].map((part) => `${name}${part}`) : [name];
    const labels = series.flatMap((one) => Object.keys(one.labels));
    // Garbage may not have been collected yet.
    if (name === 'nodejs_gc_duration_seconds') labels.push('kind');
    for (const each of names) {
      const own = labels.filter((label) => label !== 'le' || each.endsWith('_bucket'));
      catalog.set(each, new Set([...(catalog.get(each) ?? []), ...own]));
    }
  }
  return catalog;
}

/** What an expression names that does not exist. */
export function findUnknown(expression: string, catalog: Catalog): string[] {
  const { selectors, labels } = namesIn(expression);
  const known = (metric: string) => catalog.get(metric) ?? ofPrometheus.get(metric);
  const all = new Set([...ofTargets, ...selectors.flatMap(({ metric }) => [...(known(metric) ?? [])])]);
  return [
    ...(selectors.length === 0 ? ['there is no metric'] : []),
    ...selectors.flatMap(({ metric, matchers }) => {
      const own = known(metric);
      if (own === undefined) return [`there is no metric ${metric}`];
      return matchers.flatMap((matcher) => findMatcherProblems(metric, matcher, own));
    }),
    ...labels.filter((label) => !all.has(label)).map((label) => `no metric here has the label ${label}`),
  ];
}

function findMatcherProblems(
  metric: string,
  { label, operator, value }: Matcher,
  own: ReadonlySet<string>,
): string[] {
  if (ofTargets.includes(label)) return [];
  if (!own.has(label)) return [`${metric} has no label ${label}`];
  const possible = values[`${metric} ${label}`];
  if (possible === undefined) return [];
  const asked = operator.endsWith('~') ? value.split('|') : [value];
  return asked.filter((one) => !possible.includes(one)).map((one) => `${metric} never has ${label}="${one}"`);
}
