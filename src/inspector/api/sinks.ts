/** Events and sinks. */
import type { EventState } from './calls.ts';

export interface EventDetail {
  readonly id: string;
  readonly type: string;
  readonly time: number;
  /** Calls that reported it: several when a broker repeated a call. */
  readonly calls: readonly number[];
  readonly sinks: readonly EventAtSink[];
}

export interface EventAtSink {
  readonly sink: string;
  readonly state: EventState;
  readonly attempts: number;
  readonly reason?: string | undefined;
  readonly timeline: readonly { readonly at: number; readonly state: EventState; readonly text: string }[];
}

export interface Sinks {
  readonly sinks: readonly SinkRow[];
}

export interface SinkRow {
  readonly name: string;
  /** kafka, http, ...; `stdout` and `custom` for those outside of `sinks`. */
  readonly kind: string;
  readonly state: 'ok' | 'retrying' | 'down';
  /** State of the circuit breaker. */
  readonly circuit: string;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly queueLimit: number;
  readonly queueLimitBytes: number;
  readonly spooled: number;
  readonly spooledBytes: number;
  /** Events a second, over the last ten seconds. */
  readonly rate: number;
  readonly delivered: number;
  readonly retried: number;
  readonly rejected: number;
  readonly unconfirmed: number;
  readonly batches: number;
  /** By reason: full, closed, withdrawn, dead_letter. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly lastError?: { readonly at: number; readonly message: string } | undefined;
  readonly lastDelivered?: number | undefined;
  /** The newest rejected events: what goes to the dead letters. */
  readonly deadLetters: readonly { readonly at: number; readonly id: string; readonly reason: string }[];
}
