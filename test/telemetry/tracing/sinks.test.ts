/** A server with an SDK: how traces continue into sinks, and with events. */
import { SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { StampedEvent } from '../../../src/protocol/schema/event.ts';
import type { Delivery } from '../../../src/sinks/delivery.ts';
import { Spans } from '../../../src/telemetry/tracing/spans.ts';
import { MAX_LINKS, traceSink } from '../../../src/telemetry/tracing/traced-sink.ts';
import {
  aConnect,
  aMessage,
  anSdk,
  aServer,
  aService,
  callAt,
  connected,
  keeping,
  nameOf,
  publish,
  treeOf,
  until,
} from './support.ts';

describe('a message', () => {
  it('whose answer waits for a sink has a span for that, and the write in the same trace', async () => {
    const sdk = anSdk();
    const service = await aService(() => 204);
    const { url } = await aServer({
      config: {
        sinks: { history: { http: { url: service.url } } },
        events: { routes: [{ hooks: ['message.publish'], to: 'history', delivery: 'before-reply' }] },
      },
    });
    expect(await callAt(url, publish, aMessage('m1'))).toBe('ignore');
    const spans = await until(() => sdk.spans().length === 3 && sdk.spans());
    expect(treeOf(spans)).toStrictEqual({ [nameOf(publish)]: { 'await sinks': {}, 'send history': {} } });
    const write = spans.find(({ name }) => name === 'send history');
    expect(write?.kind).toBe(SpanKind.PRODUCER);
    expect(write?.attributes).toStrictEqual({
      'messaging.system': 'http',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.batch.message_count': 1,
      'exhook.sink.name': 'history',
    });
    const [call] = spans;
    expect(write?.links.map(({ context: { spanId } }) => spanId)).toStrictEqual([call?.spanContext().spanId]);
    // The consumer of the event continues the trace of the call.
    const { traceId, spanId } = call?.spanContext() ?? {};
    const [event] = [JSON.parse(service.requests[0]?.body ?? '')].flat();
    expect(event.traceparent).toBe(`00-${traceId}-${spanId}-01`);
  });

  it('that no sink has taken in time fails with its code, and each attempt is a span', async () => {
    const sdk = anSdk();
    const service = await aService(() => 503);
    const { url } = await aServer({
      config: {
        sinks: { history: { http: { url: service.url }, queue: { retry: { min: '10ms', max: '20ms' } } } },
        events: { routes: [{ hooks: ['message.publish'], to: 'history', delivery: 'before-reply' }] },
        limits: { deadlineFraction: 0.02 },
      },
    });
    expect(await callAt(url, publish, aMessage('m1'))).toBe(14);
    const spans = sdk.spans();
    expect(treeOf(spans)).toMatchObject({
      [`${nameOf(publish)}: sink_failed`]: {
        'await sinks: sink_failed': {},
        'send history: sink_failed': {},
      },
    });
    const call = spans.find(({ name }) => name === nameOf(publish));
    expect(call?.attributes).toMatchObject({
      'rpc.response.status_code': 'UNAVAILABLE',
      'exhook.outcome': 'sink_failed',
      'error.type': 'sink_failed',
    });
  });
});

describe('a batch', () => {
  it('links to the calls of its events, each once, and at most 128', async () => {
    const sdk = anSdk();
    const spans = new Spans(trace.getTracer('test'), (error) => {
      throw error;
    });
    const sink = traceSink({ name: 'history', write: () => {}, close: async () => {} }, 'nats', spans);
    const parentOf = (i: number) => `00-${'1'.repeat(32)}-${String(i + 1).padStart(16, '0')}-01`;
    const deliveryOf = (traceparent?: string): Delivery => ({
      id: 'e',
      key: '',
      format: 'structured',
      contentType: 'application/cloudevents+json',
      attributes: { id: 'e', ...(traceparent && { traceparent }) },
      body: new Uint8Array(),
    });
    const batch = [
      deliveryOf(),
      deliveryOf('nonsense'),
      ...Array.from({ length: 400 }, (_, i) => deliveryOf(parentOf(i >> 1))),
    ];
    sink.write(batch, new AbortController().signal);
    const [span] = sdk.spans();
    expect(span?.links).toHaveLength(MAX_LINKS);
    expect(new Set(span?.links.map(({ context: { spanId } }) => spanId)).size).toBe(MAX_LINKS);
    expect(span?.parentSpanContext?.spanId).toBe('0000000000000001');
    expect(span?.attributes['messaging.batch.message_count']).toBe(402);
  });

  it('of several calls links to them all', async () => {
    const sdk = anSdk();
    const service = await aService(() => 204);
    const { url } = await aServer({
      config: {
        sinks: {
          history: { http: { url: service.url }, queue: { concurrency: 1, batch: { linger: '300ms' } } },
        },
        events: { routes: [{ hooks: ['message.publish'], to: 'history' }] },
      },
    });
    await Promise.all(['m1', 'm2', 'm3'].map((id) => callAt(url, publish, aMessage(id))));
    const linked = () => sdk.spans().flatMap(({ links }) => links.map(({ context: { spanId } }) => spanId));
    await until(() => linked().length === 3);
    const calls = sdk.spans().filter(({ name }) => name === nameOf(publish));
    expect(linked().toSorted()).toStrictEqual(calls.map((span) => span.spanContext().spanId).toSorted());
  });

  it('reports what a sink refused, and fails if nothing was taken', async () => {
    const sdk = anSdk();
    const own = {
      name: 'own',
      write: async () => ({ rejected: [{ index: 0, reason: 'no' }] }),
      close: async () => {},
    };
    const { url } = await aServer({ sinks: [own] });
    await callAt(url, connected, aConnect);
    const spans = await until(() => sdk.spans().length === 2 && sdk.spans());
    expect(treeOf(spans)).toStrictEqual({ [nameOf(connected)]: { 'send own: sink_failed': {} } });
    expect(spans[1]?.attributes).toMatchObject({ 'exhook.sink.rejected': 1, 'messaging.system': 'custom' });
  });
});

describe('an event', () => {
  it('of a traced call differs from others only in its traceparent', async () => {
    const seen: StampedEvent[] = [];
    const plain = await aServer({ sinks: [keeping(seen)] });
    await callAt(plain.url, publish, aMessage('m1'));
    await until(() => seen.length === 1);
    const sdk = anSdk();
    const traced = await aServer({ sinks: [keeping(seen)] });
    await callAt(traced.url, publish, aMessage('m1'));
    await until(() => seen.length === 2);
    const [without, found] = seen;
    const { traceId, spanId } = sdk.spans()[0]?.spanContext() ?? {};
    expect(found).toStrictEqual({
      ...without,
      time: found?.time,
      traceparent: `00-${traceId}-${spanId}-01`,
    });
    expect(without).not.toHaveProperty('traceparent');
  });
});
