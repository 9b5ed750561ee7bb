/** What only a supervisor knows: of its workers, and of broker nodes among all that any worker heard of. */

import { neverAsking, outdatedNodes } from './broker-metrics.ts';
import { counter, gauge, type Metric, single } from './metric.ts';
import { type MetricsSnapshot, readMetric } from './prometheus.ts';

export interface WorkerMetricSource {
  /** How many workers are in each state. */
  readonly states: Readonly<Record<string, number>>;
  readonly restarts: number;
  readonly neverAsking: () => number;
  readonly outdated: () => number;
}

/** Of workers alone. */
export const ofWorkers: readonly Metric<WorkerMetricSource>[] = [
  gauge(
    {
      name: 'exhook_workers',
      help: 'Workers by state',
      labels: ['state'],
      unit: 'workers',
      meaning:
        '`answering`; `silent`: runs, but did not answer within a second, and is left out of all gauges; `missing`: does not run.',
    },
    ({ states }) => Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
  ),
  counter(
    {
      name: 'exhook_worker_restarts_total',
      help: 'Workers that were restarted after a crash',
      labels: [],
      unit: 'workers',
      meaning: 'Workers that were restarted after a crash.',
    },
    ({ restarts }) => single(restarts),
  ),
];

export const workerMetrics: readonly Metric<WorkerMetricSource>[] = [
  ...ofWorkers,
  neverAsking,
  outdatedNodes,
];

/** The metrics of a supervisor at this moment. */
export function readWorkerMetrics(source: WorkerMetricSource): MetricsSnapshot {
  return workerMetrics.map((metric) => readMetric(metric, source));
}
