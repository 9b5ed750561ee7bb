/**
 * Every metric of a server: its name, what it means, and where its numbers are. The tables of docs/metrics.md are generated from
 * this list and those of the files beside it.
 */
import { version } from '../lib/version.ts';
import type { Connections } from '../transport/connections.ts';
import type { Health } from '../transport/health.ts';
import type { Http2Tally } from '../transport/http2-tally.ts';
import type { InFlight } from '../transport/in-flight.ts';
import type { CallWatch } from './call-watch.ts';
import {
  commonGauge,
  counter,
  durations,
  gauge,
  leastGauge,
  type Metric as MetricOf,
  type MetricValue,
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
  readonly http2Errors: Pick<Http2Tally, 'connectionErrors' | 'streamErrors'>;
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
export const neverAsking: MetricOf<Pick<MetricSource, 'neverAsking'>> = gauge(
  {
    name: 'exhook_brokers_never_asking',
    help: 'Broker nodes whose clients log in, but which have never asked client.authorize although it is registered',
    labels: [],
    unit: 'broker nodes',
    meaning:
      'Nodes whose clients log in, but which have never asked `client.authorize` although it is registered: the trap that `/hooksz` warns of, with the names.',
  },
  (source) => {
    const nodes = source.neverAsking();
    return nodes === undefined ? [] : single(nodes);
  },
);

/** Of a server, or of a supervisor. */
export const outdatedNodes: MetricOf<Pick<MetricSource, 'outdated'>> = gauge(
  {
    name: 'exhook_brokers_outdated',
    help: 'Broker nodes whose list of hooks differs from the one this server answers now',
    labels: [],
    unit: 'broker nodes',
    meaning:
      'Nodes whose list of hooks differs from the one this server answers now, judged by their calls: a policy may not be enforced there. `/hooksz` has the names and the hooks; [broker-setup.md](broker-setup.md#a-change-of-the-hooks-has-no-effect) says what to do.',
  },
  (source) => {
    const nodes = source.outdated();
    return nodes === undefined ? [] : single(nodes);
  },
);

const callMetrics: readonly Metric[] = [
  counter(
    {
      name: 'exhook_calls_total',
      help: 'Calls by hook, protocol version and outcome',
      labels: ['hook', 'version', 'outcome'],
      unit: 'calls',
      meaning:
        'Calls, each counted once. `version` is the version of the protocol: `v1`, `v2` or `v3`. Hook and version are `none` if no such method exists.',
    },
    ({ watch }) => watch.calls.counts.map(({ calls, ...labels }) => ({ labels, value: calls })),
  ),
  durations(
    {
      name: 'exhook_call_duration_seconds',
      help: 'Time from the last byte of a request to its written reply',
      labels: ['hook'],
      unit: 'seconds',
      meaning:
        'From the last byte of a request to its written reply, look-ups included; 10 us to 5 s. Calls by gRPC only, and only those that were read whole.',
    },
    ({ watch }) =>
      watch.durations.durations.map(({ hook, ...observed }) => ({ labels: { hook }, ...observed })),
  ),
  counter(
    {
      name: 'exhook_lookups_total',
      help: 'Look-ups by the kind of their question and outcome',
      labels: ['kind', 'outcome'],
      unit: 'look-ups',
      meaning:
        'Questions of policies and custom hooks to other systems, by the kind of question. A login method NAME asks `authenticate/NAME`, the limiter `authenticate/limiter`. `outcome` is `answered`, or the code of the failure; `deadline` when the call did not wait any longer.',
    },
    ({ watch }) => watch.lookups.counts.map(({ lookups, ...labels }) => ({ labels, value: lookups })),
  ),
  durations(
    {
      name: 'exhook_lookup_duration_seconds',
      help: 'Time from a question to its answer',
      labels: ['kind'],
      unit: 'seconds',
      meaning: 'From the question to its answer, a cache in between included; 10 us to 5 s.',
    },
    ({ watch }) =>
      watch.lookups.durations.map(({ kind, ...observed }) => ({ labels: { kind }, ...observed })),
  ),
];

const loadMetrics: readonly Metric[] = [
  counter(
    {
      name: 'exhook_shed_total',
      help: 'Calls answered at once because a limit was reached',
      labels: [],
      unit: 'calls',
      meaning: 'Calls answered at once because a limit was reached (`limits`).',
    },
    ({ load }) => single(load.shed),
  ),
  gauge(
    {
      name: 'exhook_connections',
      help: 'Open HTTP/2 connections',
      labels: [],
      unit: 'connections',
      meaning: 'Open HTTP/2 connections.',
    },
    ({ connections }) => single(connections.size),
  ),
  gauge(
    {
      name: 'exhook_streams_open',
      help: 'Open HTTP/2 streams',
      labels: [],
      unit: 'streams',
      meaning: 'Open HTTP/2 streams.',
    },
    ({ connections }) => single(connections.open),
  ),
  counter(
    {
      name: 'exhook_http2_connection_errors_total',
      help: 'HTTP/2 connections ended because of what their peer did',
      labels: ['reason'],
      unit: 'connections',
      meaning:
        'HTTP/2 connections that the server ended because of what their peer did: floods, slow peers, errors of the protocol. [http2.md](http2.md#limits) has the reasons.',
    },
    ({ http2Errors }) => byReason(http2Errors.connectionErrors),
  ),
  counter(
    {
      name: 'exhook_http2_stream_errors_total',
      help: 'HTTP/2 streams ended because of what their peer did',
      labels: ['reason'],
      unit: 'streams',
      meaning: 'The same of single streams.',
    },
    ({ http2Errors }) => byReason(http2Errors.streamErrors),
  ),
  gauge(
    {
      name: 'exhook_in_flight',
      help: 'Calls that wait for a look-up',
      labels: [],
      unit: 'calls',
      meaning: 'Calls that wait for a look-up, limited by `limits.inFlight`.',
    },
    ({ load }) => single(load.deciding),
  ),
  gauge(
    {
      name: 'exhook_in_flight_limit',
      help: 'Limit of calls that wait for a look-up',
      labels: [],
      unit: 'calls',
      meaning: '`limits.inFlight`. With several workers, the sum.',
    },
    ({ load }) => single(load.limits.inFlight),
  ),
  gauge(
    {
      name: 'exhook_held_bytes',
      help: 'Bytes held for requests and for replies not yet read',
      labels: [],
      unit: 'bytes',
      meaning: 'Requests without an answer, and replies not yet read, limited by `limits.queuedBytes`.',
    },
    ({ load }) => single(load.bytes),
  ),
  gauge(
    {
      name: 'exhook_held_limit_bytes',
      help: 'Limit of bytes held for requests and replies',
      labels: [],
      unit: 'bytes',
      meaning: '`limits.queuedBytes`. With several workers, the sum.',
    },
    ({ load }) => single(load.limits.queuedBytes),
  ),
];

function byReason(counts: ReadonlyMap<string, number>): MetricValue[] {
  return [...counts].map(([reason, value]) => ({ labels: { reason }, value }));
}

const stateMetrics: readonly Metric[] = [
  gauge(
    {
      name: 'exhook_ready',
      help: '1 while brokers may call',
      labels: [],
      unit: '',
      meaning:
        '1 while brokers may call, as `/readyz` says. With several workers, the number that may be called.',
    },
    ({ health }) => single(Number(health.isReady)),
  ),
  gauge(
    {
      name: 'exhook_draining',
      help: '1 while the server is draining',
      labels: [],
      unit: '',
      meaning: '1 while the server is draining. With several workers, the number that are.',
    },
    ({ health }) => single(health.isServing ? 0 : 1),
  ),
  neverAsking,
  outdatedNodes,
  counter(
    {
      name: 'exhook_config_reloads_total',
      help: 'Configuration reloads by outcome',
      labels: ['outcome'],
      unit: 'configurations',
      meaning:
        'Reloads of the configuration, after a change of the file or SIGHUP: `done`, or `failed`, and then the previous one stays in effect.',
    },
    ({ reloads }) => [
      { labels: { outcome: 'done' }, value: reloads.done },
      { labels: { outcome: 'failed' }, value: reloads.failed },
    ],
  ),
  leastGauge(
    {
      name: 'exhook_config_last_reload_successful',
      help: '1 if the configuration read last is in effect',
      labels: [],
      unit: '',
      meaning:
        '1 if the configuration read last is in effect. With several workers, 0 if one of them has rejected it.',
    },
    ({ reloads }) => single(Number(reloads.isLastInForce)),
  ),
  leastGauge(
    {
      name: 'exhook_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration in effect was read',
      labels: [],
      unit: 'seconds since 1970',
      meaning: 'When the configuration in effect was read.',
    },
    ({ reloads }) => single(reloads.lastDone / 1000),
  ),
  counter(
    {
      name: 'exhook_log_lines_dropped_total',
      help: 'Log lines dropped because standard error was full, closed, or not read',
      labels: [],
      unit: 'lines',
      meaning:
        "Log lines that were dropped because standard error is on a full disk, closed, or not read. The supervisor's own lines are not counted.",
    },
    ({ logLines }) => single(logLines.dropped),
  ),
  leastGauge(
    {
      name: 'exhook_tls_certificate_expiry_timestamp_seconds',
      help: 'Earliest expiry in the server certificate chain',
      labels: [],
      unit: 'seconds since 1970',
      meaning:
        'Earliest expiry in the chain of the certificate in use (`listen.tls.cert`). Absent without TLS.',
    },
    ({ tls }) => (tls === undefined ? [] : single(tls.expiry / 1000)),
  ),
  commonGauge(
    {
      name: 'exhook_build_info',
      help: 'Always 1; the labels identify the build',
      labels: ['version', 'node'],
      unit: '',
      meaning: 'Always 1. `version` is the version of exhook-edge, `node` that of Node.',
    },
    () => [{ labels: { version, node: process.version }, value: 1 }],
  ),
];

/** What the server does, without policies. */
export const serverMetrics: readonly Metric[] = [
  ...callMetrics,
  ...loadMetrics,
  ...stateMetrics,
  ...sinkMetrics,
];

export const metrics: readonly Metric[] = [...serverMetrics, ...policyMetrics];
