/** The header `traceparent` of W3C Trace Context, level 1, as events carry it. */
import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

const VERSION = '00';
const pattern = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

export function isSampled({ traceFlags }: Pick<SpanContext, 'traceFlags'>): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Of a span that is sampled; nothing for others, whose trace nobody will ever see. */
export function formatTraceParent(context: SpanContext): string | undefined {
  if (!isSampled(context) || !isSpanContextValid(context)) return undefined;
  return `${VERSION}-${context.traceId}-${context.spanId}-01`;
}

/** Nothing when it is none. */
export function parseTraceParent(text: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = pattern.exec(text) ?? [];
  const parsed = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
  return isSpanContextValid(parsed) ? parsed : undefined;
}
