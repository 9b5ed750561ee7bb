import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import type { ActiveTrace } from '../../log/active-trace.ts';
import { isSampled } from './trace-parent.ts';

/** The trace of the work at hand, as the SDK's context has it. Never throws. */
export function readActiveTrace(): ActiveTrace | undefined {
  try {
    const found = trace.getSpanContext(context.active());
    if (found === undefined || !isSpanContextValid(found)) return undefined;
    const { traceId, spanId } = found;
    return { traceId, spanId, isSampled: isSampled(found) };
  } catch {
    // The context manager is the user's; a line of the log is worth more than its trace.
    return undefined;
  }
}
