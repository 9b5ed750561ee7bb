/** The trace that a line belongs to, under the names that OpenTelemetry gives them in logs that are no OTLP. */
import type { ActiveTrace } from '../active-trace.ts';

export interface TraceFields {
  /** 32 hexadecimal digits. */
  readonly trace_id: string;
  /** 16 hexadecimal digits. */
  readonly span_id: string;
  /** `01` when the trace is sampled, else `00`: the flags of W3C Trace Context. */
  readonly trace_flags: '00' | '01';
}

export function traceFields({ traceId, spanId, isSampled }: ActiveTrace): TraceFields {
  return { trace_id: traceId, span_id: spanId, trace_flags: isSampled ? '01' : '00' };
}
