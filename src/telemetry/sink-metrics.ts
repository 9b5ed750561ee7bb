/** What becomes of events on their way into sinks. */
import type { Outbox, SinkStats } from '../events/outbox.ts';
import { commonGauge, counter, gauge, type Metric, type MetricValue, type Read, single } from './metric.ts';

export interface SinkMetricSource {
  readonly outbox: Pick<Outbox, 'sinks'>;
  /** Bytes of `spool.maxBytes`; nothing where there is no spool. */
  readonly spoolLimit?: number | undefined;
}

export const sinkMetrics: readonly Metric<SinkMetricSource>[] = [
  gauge(
    'exhook_events_queued',
    'Events that wait for a sink in memory or are on their way into it',
    bySink(({ queued }) => queued),
  ),
  gauge(
    'exhook_events_queued_bytes',
    'What they take, roughly',
    bySink(({ queuedBytes }) => queuedBytes),
  ),
  gauge(
    'exhook_events_queue_limit',
    'Events that the queue of a sink may hold',
    bySink(({ queueLimit }) => queueLimit),
  ),
  gauge(
    'exhook_events_queue_limit_bytes',
    'Bytes that the queue of a sink may hold',
    bySink(({ queueLimitBytes }) => queueLimitBytes),
  ),
  counter(
    'exhook_events_delivered_total',
    'Events that a sink has confirmed',
    bySink(({ delivered }) => delivered),
  ),
  counter(
    'exhook_events_retried_total',
    'Events that were written to a sink again',
    bySink(({ retried }) => retried),
  ),
  counter('exhook_events_dropped_total', 'Events that are lost, or were taken back', ({ outbox }) =>
    outbox.sinks.flatMap(({ sink, droppedBy }) =>
      Object.entries(droppedBy).map(([reason, value]) => ({ labels: { sink, reason }, value })),
    ),
  ),
  counter(
    'exhook_events_failed_total',
    'Events that a sink has refused for good',
    bySink(({ failed }) => failed),
  ),
  counter(
    'exhook_events_unconfirmed_total',
    'Events that were not safe in time, so that onFailure decided',
    bySink(({ unconfirmed }) => unconfirmed),
  ),
  counter(
    'exhook_sink_batches_total',
    'Batches written to a sink, failed ones included',
    bySink(({ batches }) => batches),
  ),
  gauge(
    'exhook_sink_down',
    '1 while a sink is left alone because it failed',
    bySink(({ circuit }) => (circuit === 'closed' ? 0 : 1)),
  ),
  // Workers share a spool.
  commonGauge(
    'exhook_spool_events',
    'Events in the spool',
    bySink(({ spooled }) => spooled),
  ),
  commonGauge(
    'exhook_spool_bytes',
    'What they take of spool.maxBytes',
    bySink(({ spooledBytes }) => spooledBytes),
  ),
  commonGauge('exhook_spool_limit_bytes', 'spool.maxBytes, for all sinks together', ({ spoolLimit }) =>
    spoolLimit === undefined ? [] : single(spoolLimit),
  ),
];

/** Sinks of one name are one to whoever reads. */
function bySink(pick: (stats: SinkStats) => number): Read<SinkMetricSource> {
  return ({ outbox }): MetricValue[] => {
    const sums = new Map<string, number>();
    for (const stats of outbox.sinks) sums.set(stats.sink, (sums.get(stats.sink) ?? 0) + pick(stats));
    return [...sums].map(([sink, value]) => ({ labels: { sink }, value }));
  };
}
