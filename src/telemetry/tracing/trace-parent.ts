/** The header `traceparent` of W3C Trace Context, level 1, as events carry it. */
import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

const VERSION = '00';
const pattern = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

export function isSampled({ traceFlags }: Pick<SpanContext, 'traceFlags'>): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** @returns nothing for a span that is not sampled: its trace is not exported. */
export function formatTraceParent(context: SpanContext): string | undefined {
  if (!isSampled(context) || !isSpanContextValid(context)) return undefined;
  return `${VERSION}-${context.traceId}-${context.spanId}-01`;
}

/** @returns nothing if it is not valid. */
export function parseTraceParent(text: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = pattern.exec(text) ?? [];
  const parsed = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
  return isSpanContextValid(parsed) ? parsed : undefined;
}
