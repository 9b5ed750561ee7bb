/**
 * A sink whose writes are spans, for batches that carry an event of a sampled call. Such a span belongs to the trace of
 * the first of those calls, so that the calls' sampler decides about it, and links to all of them.
 */
import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { Delivery } from '../../sinks/delivery.ts';
import type { Receipt, Sink } from '../../sinks/sink.ts';
import { names } from './names.ts';
import type { RunningSpan } from './running-span.ts';
import type { Spans } from './spans.ts';
import { parseTraceParent } from './trace-parent.ts';

/** The most links of a span: the default limit of the SDK. */
export const MAX_LINKS = 128;

/** @param system what kind of sink it is. */
export function traceSink(sink: Sink, system: string, spans: Spans): Sink {
  const { name } = sink;
  const fixed: Attributes = {
    [names.messagingSystem]: system,
    [names.messagingOperation]: 'send',
    [names.messagingOperationType]: 'send',
    [names.sink]: name,
  };

  const start = (calls: readonly SpanContext[], size: number): RunningSpan | undefined => {
    const [first] = calls;
    if (first === undefined) return undefined;
    const attributes = { ...fixed, [names.batchSize]: size };
    const links = calls.map((context): Link => ({ context }));
    const parent = trace.setSpanContext(ROOT_CONTEXT, first);
    return spans.start(`send ${name}`, { kind: SpanKind.PRODUCER, attributes, links }, parent);
  };

  const write: Sink['write'] = (batch, signal, isWanted) => {
    const calls = callsOf(batch);
    const span = start(calls, batch.length);
    // Else spans that the write starts would join the trace of the call that happened to wake the queue.
    const active = span?.context ?? (calls.length === 0 ? untraced() : ROOT_CONTEXT);
    const work = () => spans.within(active, () => sink.write(batch, signal, isWanted));
    return span === undefined ? work() : follow(span, signal, batch.length, work);
  };

  return {
    name,
    write,
    ...(sink.check && { check: async () => await sink.check?.() }),
    close: () => sink.close(),
  };
}

/** The sampled calls whose events are in a batch, each once. */
function callsOf(batch: readonly Delivery[]): SpanContext[] {
  const found = new Map<string, SpanContext>();
  for (const delivery of batch) {
    const text = traceParentOf(delivery);
    if (text === undefined || found.has(text)) continue;
    const call = parseTraceParent(text);
    if (call !== undefined) found.set(text, call);
    if (found.size === MAX_LINKS) break;
  }
  return [...found.values()];
}

/** Reads the event if it is still there: its attributes would have to be encoded first. */
function traceParentOf(delivery: Delivery): string | undefined {
  const { event } = delivery;
  return event === undefined ? delivery.attributes.traceparent : event.traceparent;
}

/** An unsampled trace: nothing that the write starts is sampled either. */
function untraced(): Context {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.NONE });
}

/** Ends the span with the write: in the same turn if the sink is done at once. */
function follow(
  span: RunningSpan,
  signal: AbortSignal,
  size: number,
  work: () => ReturnType<Sink['write']>,
): ReturnType<Sink['write']> {
  const stopListening = span.endOnAbort(signal, 'sink_failed');
  const end = (): void => {
    stopListening();
    span.end();
  };
  const fail = (error: unknown): never => {
    span.fail('sink_failed');
    end();
    throw error;
  };
  const settle = (receipt: Receipt | undefined): Receipt | undefined => {
    tell(span, receipt, size);
    end();
    return receipt;
  };
  let written: ReturnType<Sink['write']>;
  try {
    written = work();
  } catch (error) {
    return fail(error);
  }
  if (written === undefined) return void end();
  return Promise.resolve(written as Promise<Receipt | undefined>).then(settle, fail);
}

/** Sinks of users may return anything. */
function tell(span: RunningSpan, receipt: unknown, size: number): void {
  if (typeof receipt !== 'object' || receipt === null) return;
  const rejected = countOf((receipt as Receipt).rejected);
  const unconfirmed = countOf((receipt as Receipt).unconfirmed);
  span.set({
    ...(rejected > 0 && { [names.rejected]: rejected }),
    ...(unconfirmed > 0 && { [names.unconfirmed]: unconfirmed }),
  });
  if (unconfirmed + rejected >= size) span.fail('sink_failed');
}

const countOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
