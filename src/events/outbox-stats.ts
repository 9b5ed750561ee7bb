/** How full the queues of sinks are, and what became of their events so far. */
import type { CircuitState } from '../lib/circuit-breaker.ts';
import type { SinkPipeline } from './sink-pipeline.ts';
import type { Counts } from './tally.ts';

export interface OutboxStats {
  /** Events in memory that wait for a sink, or are in flight. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Events lost so far: to a full queue, or because there was no place for a dead letter. */
  readonly dropped: number;
  /** Events that sinks have rejected so far. */
  readonly failed: number;
}

export interface SinkStats extends OutboxStats, Omit<Counts, 'dropped' | 'rejected'> {
  readonly sink: string;
  readonly droppedBy: Readonly<Counts['dropped']>;
  readonly circuit: CircuitState;
  /** Events in the spool for this sink, of all processes; 0 where there is no spool. */
  readonly spooled: number;
  readonly spooledBytes: number;
  /** The most events and bytes that may wait in memory: `queue.maxEvents`, `queue.maxBytes`. */
  readonly queueLimit: number;
  readonly queueLimitBytes: number;
}

/** Of all sinks together. */
export function sumStats(pipelines: readonly SinkPipeline[]): OutboxStats {
  const sum = (pick: (pipeline: SinkPipeline) => number): number =>
    pipelines.reduce((total, pipeline) => total + pick(pipeline), 0);
  return {
    queued: sum(({ queue }) => queue.memory.events),
    queuedBytes: sum(({ queue }) => queue.memory.bytes),
    dropped: sum(({ tally }) => countLost(tally.counts)),
    failed: sum(({ tally }) => tally.counts.rejected),
  };
}

export function readSinkStats(pipeline: SinkPipeline): SinkStats {
  const { sink, opened, queue, spool, tally } = pipeline;
  const { dropped, rejected, ...counts } = tally.counts;
  return {
    ...counts,
    sink: sink.name,
    queued: queue.memory.events,
    queuedBytes: queue.memory.bytes,
    dropped: countLost(tally.counts),
    droppedBy: dropped,
    failed: rejected,
    circuit: pipeline.circuit,
    spooled: spool?.size ?? 0,
    spooledBytes: spool?.bytes ?? 0,
    queueLimit: opened.queue.maxEvents,
    queueLimitBytes: opened.queue.maxBytes,
  };
}

/** A withdrawn event is not lost: its publisher got an error. */
function countLost({ dropped: { full, closed, dead_letter } }: Counts): number {
  return full + closed + dead_letter;
}
