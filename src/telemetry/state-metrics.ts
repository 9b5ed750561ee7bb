/** The metrics of the state of a server: whether it serves, its configuration, its log, its certificate and its build. */
import { version } from '../lib/version.ts';
import type { Health } from '../transport/health.ts';
import { type BrokerMetricSource, neverAsking, outdatedNodes } from './broker-metrics.ts';
import { commonGauge, counter, gauge, leastGauge, type Metric, single } from './metric.ts';
import type { ReloadTally } from './reload-tally.ts';

export interface StateMetricSource extends BrokerMetricSource {
  readonly health: Pick<Health, 'isServing' | 'isReady'>;
  readonly reloads: Pick<ReloadTally, 'done' | 'failed' | 'isLastInForce' | 'lastDone'>;
  readonly logLines: { readonly dropped: number };
  /** Nothing without TLS. */
  readonly tls?: { readonly expiry: number } | undefined;
}

export const stateMetrics: readonly Metric<StateMetricSource>[] = [
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
      meaning: 'Always 1. `version` is the version of exhook-edge, `node` the version of Node.',
    },
    () => [{ labels: { version, node: process.version }, value: 1 }],
  ),
];
