/** Every metric of ours: its name, what it means, and where its numbers are. docs/metrics.md lists the same. */
import type { Connections } from '../transport/connections.ts';
import type { Health } from '../transport/health.ts';
import type { Load } from '../transport/load.ts';
import { version } from '../version.ts';
import { type Durations, durationBounds } from './call-tally.ts';
import type { CallWatch } from './call-watch.ts';
import { counter, gauge, type Metric as MetricOf, type MetricValue, single } from './metric.ts';
import { type PolicyMetricSource, policyMetrics } from './policy-metrics.ts';
import { type SinkMetricSource, sinkMetrics } from './sink-metrics.ts';

/** Where the numbers are. They are read when somebody asks. */
export interface MetricSource extends PolicyMetricSource, SinkMetricSource {
  readonly watch: Pick<CallWatch, 'calls' | 'durations'>;
  readonly load: Pick<Load, 'deciding' | 'bytes' | 'shed'>;
  readonly connections: Pick<Connections, 'size' | 'open'>;
  readonly health: Pick<Health, 'isServing'>;
}

export type Metric = MetricOf<MetricSource>;

export const metrics: readonly Metric[] = [
  counter('exhook_calls_total', 'Calls by hook, protocol version and outcome', ({ watch }) =>
    watch.calls.counts.map(({ calls, ...labels }) => ({ labels, value: calls })),
  ),
  {
    name: 'exhook_call_duration_seconds',
    help: 'Time from the last byte of a request to its written reply',
    type: 'histogram',
    aggregator: 'sum',
    values: ({ watch }) => watch.durations.durations.flatMap(histogramOf),
  },
  counter('exhook_shed_total', 'Calls answered at once because a limit was reached', ({ load }) =>
    single(load.shed),
  ),
  gauge('exhook_connections', 'Open HTTP/2 connections', ({ connections }) => single(connections.size)),
  gauge('exhook_streams_open', 'HTTP/2 streams that have not ended', ({ connections }) =>
    single(connections.open),
  ),
  gauge('exhook_in_flight', 'Calls that wait for a look-up', ({ load }) => single(load.deciding)),
  gauge('exhook_held_bytes', 'Bytes held for requests and for replies not yet read', ({ load }) =>
    single(load.bytes),
  ),
  gauge('exhook_draining', '1 while the server wants no more calls', ({ health }) =>
    single(health.isServing ? 0 : 1),
  ),
  ...sinkMetrics,
  ...policyMetrics,
  {
    ...gauge<MetricSource>('exhook_build_info', 'Always 1; the labels say what runs', () => [
      { labels: { version, node: process.version }, value: 1 },
    ]),
    aggregator: 'first',
  },
];

/** As Prometheus has it: each bucket holds the calls of those before it too. */
function histogramOf({ hook, buckets, sum }: Durations): MetricValue[] {
  const name = 'exhook_call_duration_seconds';
  let calls = 0;
  const cumulative = buckets.map((count, i) => {
    calls += count;
    return { metricName: `${name}_bucket`, labels: { hook, le: durationBounds[i] ?? '+Inf' }, value: calls };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels: { hook }, value: sum },
    { metricName: `${name}_count`, labels: { hook }, value: calls },
  ];
}
