/** Every metric of ours: its name, what it means, and where its numbers are. docs/metrics.md lists the same. */

import { version } from '../lib/version.ts';
import type { Connections } from '../transport/connections.ts';
import type { Health } from '../transport/health.ts';
import type { InFlight } from '../transport/in-flight.ts';
import type { CallWatch } from './call-watch.ts';
import {
  commonGauge,
  counter,
  durations,
  gauge,
  leastGauge,
  type Metric as MetricOf,
  single,
} from './metric.ts';
import { type PolicyMetricSource, policyMetrics } from './policy-metrics.ts';
import type { ReloadTally } from './reload-tally.ts';
import { type SinkMetricSource, sinkMetrics } from './sink-metrics.ts';

/** Where the numbers are. They are read when somebody asks. */
export interface MetricSource extends PolicyMetricSource, SinkMetricSource {
  readonly watch: Pick<CallWatch, 'calls' | 'durations' | 'lookups'>;
  readonly load: Pick<InFlight, 'deciding' | 'bytes' | 'shed'> & {
    readonly limits: Pick<InFlight['limits'], 'inFlight' | 'queuedBytes'>;
  };
  readonly connections: Pick<Connections, 'size' | 'open'>;
  readonly health: Pick<Health, 'isServing' | 'isReady'>;
  readonly reloads: Pick<ReloadTally, 'done' | 'failed' | 'isLastInForce' | 'lastDone'>;
  readonly logLines: { readonly dropped: number };
  /** Nothing without TLS. */
  readonly tls?: { readonly expiry: number } | undefined;
  /** Broker nodes in the allow-all trap; nothing in a worker: only all of them together can tell. */
  readonly neverAsking: () => number | undefined;
  /** Broker nodes with another list of hooks; nothing in a worker, as before. */
  readonly outdated: () => number | undefined;
}

export type Metric = MetricOf<MetricSource>;

/** Of a server, or of a supervisor. */
export const neverAsking: Metric = gauge(
  'exhook_brokers_never_asking',
  'Broker nodes whose clients log in, but which have never asked client.authorize although it is registered',
  (source) => {
    const nodes = source.neverAsking();
    return nodes === undefined ? [] : single(nodes);
  },
);

/** Of a server, or of a supervisor. */
export const outdatedNodes: Metric = gauge(
  'exhook_brokers_outdated',
  'Broker nodes that hold another list of hooks than the one this server answers now',
  (source) => {
    const nodes = source.outdated();
    return nodes === undefined ? [] : single(nodes);
  },
);

const callMetrics: readonly Metric[] = [
  counter('exhook_calls_total', 'Calls by hook, protocol version and outcome', ({ watch }) =>
    watch.calls.counts.map(({ calls, ...labels }) => ({ labels, value: calls })),
  ),
  durations(
    'exhook_call_duration_seconds',
    'Time from the last byte of a request to its written reply',
    ({ watch }) =>
      watch.durations.durations.map(({ hook, ...observed }) => ({ labels: { hook }, ...observed })),
  ),
  counter('exhook_lookups_total', 'Look-ups by the kind of their question and outcome', ({ watch }) =>
    watch.lookups.counts.map(({ lookups, ...labels }) => ({ labels, value: lookups })),
  ),
  durations('exhook_lookup_duration_seconds', 'Time from a question to its answer', ({ watch }) =>
    watch.lookups.durations.map(({ kind, ...observed }) => ({ labels: { kind }, ...observed })),
  ),
];

const loadMetrics: readonly Metric[] = [
  counter('exhook_shed_total', 'Calls answered at once because a limit was reached', ({ load }) =>
    single(load.shed),
  ),
  gauge('exhook_connections', 'Open HTTP/2 connections', ({ connections }) => single(connections.size)),
  gauge('exhook_streams_open', 'HTTP/2 streams that have not ended', ({ connections }) =>
    single(connections.open),
  ),
  gauge('exhook_in_flight', 'Calls that wait for a look-up', ({ load }) => single(load.deciding)),
  gauge('exhook_in_flight_limit', 'How many may wait', ({ load }) => single(load.limits.inFlight)),
  gauge('exhook_held_bytes', 'Bytes held for requests and for replies not yet read', ({ load }) =>
    single(load.bytes),
  ),
  gauge('exhook_held_limit_bytes', 'How many may be held', ({ load }) => single(load.limits.queuedBytes)),
];

const stateMetrics: readonly Metric[] = [
  gauge('exhook_ready', '1 while brokers may call', ({ health }) => single(Number(health.isReady))),
  gauge('exhook_draining', '1 while the server wants no more calls', ({ health }) =>
    single(health.isServing ? 0 : 1),
  ),
  neverAsking,
  outdatedNodes,
  counter('exhook_config_reloads_total', 'Configurations read while the server runs', ({ reloads }) => [
    { labels: { outcome: 'done' }, value: reloads.done },
    { labels: { outcome: 'failed' }, value: reloads.failed },
  ]),
  leastGauge('exhook_config_last_reload_successful', '1 when what was read last is in force', ({ reloads }) =>
    single(Number(reloads.isLastInForce)),
  ),
  leastGauge(
    'exhook_config_last_reload_success_timestamp_seconds',
    'When the configuration in force was read',
    ({ reloads }) => single(reloads.lastDone / 1000),
  ),
  counter(
    'exhook_log_lines_dropped_total',
    'Log lines that standard error did not take: full, gone, or not read',
    ({ logLines }) => single(logLines.dropped),
  ),
  leastGauge(
    'exhook_tls_certificate_expiry_timestamp_seconds',
    'When the certificate of the server ends, or one of its chain before',
    ({ tls }) => (tls === undefined ? [] : single(tls.expiry / 1000)),
  ),
  commonGauge('exhook_build_info', 'Always 1; the labels say what runs', () => [
    { labels: { version, node: process.version }, value: 1 },
  ]),
];

export const metrics: readonly Metric[] = [
  ...callMetrics,
  ...loadMetrics,
  ...stateMetrics,
  ...sinkMetrics,
  ...policyMetrics,
];
