/**
 * Every metric of a server: its name, what it means, and where its numbers are. The tables of docs/metrics.md are generated from
 * these lists.
 */
import { type CallMetricSource, callMetrics } from './call-metrics.ts';
import { type LoadMetricSource, loadMetrics } from './load-metrics.ts';
import type { Metric as MetricOf } from './metric.ts';
import { type PolicyMetricSource, policyMetrics } from './policy-metrics.ts';
import { type SinkMetricSource, sinkMetrics } from './sink-metrics.ts';
import { type StateMetricSource, stateMetrics } from './state-metrics.ts';

/** Where the numbers are. They are read when somebody asks. */
export interface MetricSource
  extends CallMetricSource,
    LoadMetricSource,
    StateMetricSource,
    PolicyMetricSource,
    SinkMetricSource {}

export type Metric = MetricOf<MetricSource>;

/** What the server does, without policies. */
export const serverMetrics: readonly Metric[] = [
  ...callMetrics,
  ...loadMetrics,
  ...stateMetrics,
  ...sinkMetrics,
];

export const metrics: readonly Metric[] = [...serverMetrics, ...policyMetrics];
