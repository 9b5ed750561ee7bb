/** The metrics of events on their way into sinks. */
import type { Outbox, SinkStats } from '../events/outbox.ts';
import { commonGauge, counter, gauge, type Metric, type MetricValue, type Read, single } from './metric.ts';

export interface SinkMetricSource {
  readonly outbox: Pick<Outbox, 'sinks'>;
  /** Bytes of `spool.maxBytes`; nothing where there is no spool. */
  readonly spoolLimit?: number | undefined;
}

export const sinkMetrics: readonly Metric<SinkMetricSource>[] = [
  gauge(
    {
      name: 'exhook_events_queued',
      help: 'Events in memory that wait for a sink or are in flight',
      labels: ['sink'],
      unit: 'events',
      meaning: 'Events in memory that wait for a sink or are in flight.',
    },
    bySink(({ queued }) => queued),
  ),
  gauge(
    {
      name: 'exhook_events_queued_bytes',
      help: 'Memory held by queued events, estimated',
      labels: ['sink'],
      unit: 'bytes',
      meaning: 'Memory held by queued events, estimated and limited by `queue.maxBytes`.',
    },
    bySink(({ queuedBytes }) => queuedBytes),
  ),
  gauge(
    {
      name: 'exhook_events_queue_limit',
      help: 'Events that the queue of a sink may hold',
      labels: ['sink'],
      unit: 'events',
      meaning: '`queue.maxEvents`. With several workers, the sum, as for the next.',
    },
    bySink(({ queueLimit }) => queueLimit),
  ),
  gauge(
    {
      name: 'exhook_events_queue_limit_bytes',
      help: 'Bytes that the queue of a sink may hold',
      labels: ['sink'],
      unit: 'bytes',
      meaning: '`queue.maxBytes`.',
    },
    bySink(({ queueLimitBytes }) => queueLimitBytes),
  ),
  counter(
    {
      name: 'exhook_events_delivered_total',
      help: 'Events that a sink has confirmed',
      labels: ['sink'],
      unit: 'events',
      meaning: 'Events that a sink has confirmed.',
    },
    bySink(({ delivered }) => delivered),
  ),
  counter(
    {
      name: 'exhook_events_retried_total',
      help: 'Events that were retried',
      labels: ['sink'],
      unit: 'events',
      meaning: 'Events that were retried.',
    },
    bySink(({ retried }) => retried),
  ),
  counter(
    {
      name: 'exhook_events_dropped_total',
      help: 'Events that were lost or withdrawn',
      labels: ['sink', 'reason'],
      unit: 'events',
      meaning:
        'Events that did not arrive. `full`: the queue was full, `sink_full` in the log. `closed`: they came after the end. `dead_letter`: rejected by the sink, and the dead letter could not be stored. `withdrawn` is no silent loss: a broker waited, and was told by `onFailure: drop` or `error`, or the event is in the spool.',
    },
    ({ outbox }) =>
      outbox.sinks.flatMap(({ sink, droppedBy }) =>
        Object.entries(droppedBy).map(([reason, value]) => ({ labels: { sink, reason }, value })),
      ),
  ),
  counter(
    {
      name: 'exhook_events_failed_total',
      help: 'Events that a sink has rejected',
      labels: ['sink'],
      unit: 'events',
      meaning:
        'Events that a sink has rejected: `sink_failed` in the log. They are with the dead letters if `deadLetter` is set.',
    },
    bySink(({ failed }) => failed),
  ),
  counter(
    {
      name: 'exhook_events_unconfirmed_total',
      help: 'Events that were not safe in time: onFailure decided',
      labels: ['sink'],
      unit: 'events',
      meaning:
        'Events of `delivery: before-reply` or `overflow: spool` that were not safe in time: `onFailure` decided.',
    },
    bySink(({ unconfirmed }) => unconfirmed),
  ),
  counter(
    {
      name: 'exhook_sink_batches_total',
      help: 'Batches written to a sink, failed ones included',
      labels: ['sink'],
      unit: 'batches',
      meaning: 'Batches written to a sink, failed ones included.',
    },
    bySink(({ batches }) => batches),
  ),
  gauge(
    {
      name: 'exhook_sink_down',
      help: '1 while a sink is not tried because it failed',
      labels: ['sink'],
      unit: '',
      meaning:
        '1 while a sink is not tried because it failed. With several workers, the number for which that is so.',
    },
    bySink(({ circuit }) => (circuit === 'closed' ? 0 : 1)),
  ),
  // Workers share a spool.
  commonGauge(
    {
      name: 'exhook_spool_events',
      help: 'Events in the spool',
      labels: ['sink'],
      unit: 'events',
      meaning: 'Events in the spool, of all workers.',
    },
    bySink(({ spooled }) => spooled),
  ),
  commonGauge(
    {
      name: 'exhook_spool_bytes',
      help: 'Bytes of spool.maxBytes that are used',
      labels: ['sink'],
      unit: 'bytes',
      meaning: 'Bytes of `spool.maxBytes` that are used.',
    },
    bySink(({ spooledBytes }) => spooledBytes),
  ),
  commonGauge(
    {
      name: 'exhook_spool_limit_bytes',
      help: 'spool.maxBytes, for all sinks together',
      labels: [],
      unit: 'bytes',
      meaning: '`spool.maxBytes`, of all sinks together. Absent without a spool.',
    },
    ({ spoolLimit }) => (spoolLimit === undefined ? [] : single(spoolLimit)),
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
