/** Traces of calls, their look-ups and the writes of sinks. Loaded only when an SDK is there: see detect.ts. */
import { type ProxyTracerProvider, type TracerProvider, trace } from '@opentelemetry/api';
import type { Runtime } from '../../core/runtime.ts';
import type { EventTracing } from '../../events/event-tracing.ts';
import { version } from '../../lib/version.ts';
import { isDoneWithin } from '../../lib/with-timeout.ts';
import type { Logger } from '../../log/log.ts';
import type { Stamp } from '../../sinks/cloudevents/stamp.ts';
import type { CallFlow } from '../../transport/call-flow.ts';
import { CurrentTrace } from './current.ts';
import { createComplaint, Spans } from './spans.ts';
import { createTracedCall } from './traced-call.ts';
import { traceSink } from './traced-sink.ts';
import { watchRuntime } from './watched-runtime.ts';

/** The instrumentation scope of all spans. */
const SCOPE = 'exhook-edge';

export interface Tracing {
  /** Replaces `call`. */
  readonly call: CallFlow;
  readonly events: EventTracing;
  /** Wraps the runtime of each call, for requests that are refused before they become a call. */
  watch(current: () => Runtime): () => Runtime;
  /** Flushes the SDK. Never rejects. @param timeout milliseconds that it may take. */
  flush(timeout: number): Promise<void>;
}

/** @param flow what is traced. Default: `call`. */
export function createTracing(log: Pick<Logger, 'warn'>, flow?: CallFlow): Tracing {
  const provider = trace.getTracerProvider();
  const spans = new Spans(provider.getTracer(SCOPE, version), createComplaint(log));
  const current = new CurrentTrace();
  return {
    call: createTracedCall({ spans, current }, flow),
    events: {
      stamp: (stamp) => tracedStamp(stamp, current),
      sink: (sink, system) => traceSink(sink, system, spans),
    },
    watch: (runtime) => watchRuntime(runtime, spans),
    flush: (timeout) => flush(provider, timeout, (work) => spans.attempt(work)),
  };
}

/** Whether our copy of the API accepts what another copy has registered: it ignores older ones. */
export function isUnderstood(registered: unknown): boolean {
  return trace.getTracerProvider() === registered;
}

/** Adds the extension `traceparent` of CloudEvents to the events of sampled calls; others stay as they are. */
function tracedStamp(stamp: Stamp, current: CurrentTrace): Stamp {
  return (event, origin) => {
    const stamped = stamp(event, origin);
    const { traceParent } = current;
    return traceParent === undefined ? stamped : { ...stamped, traceparent: traceParent };
  };
}

interface Flushable {
  forceFlush?(): Promise<unknown>;
}

async function flush(
  provider: TracerProvider,
  timeout: number,
  attempt: (work: () => Promise<unknown> | undefined) => Promise<unknown> | undefined,
): Promise<void> {
  // The registered provider delegates to the SDK's.
  const flushing = attempt(() => {
    const real = (provider as Partial<ProxyTracerProvider>).getDelegate?.() ?? provider;
    return (real as Flushable).forceFlush?.();
  });
  if (flushing === undefined) return;
  // A failed exporter has reported that through the SDK's own log.
  await isDoneWithin(
    flushing.catch(() => undefined),
    timeout,
  );
}
