/** A server beside an SDK: what its spans say of calls and look-ups. */
import { SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { defineHook } from '../../../src/core/hook.ts';
import type { StampedEvent } from '../../../src/protocol/schema/event.ts';
import { allow, deny, pass } from '../../../src/protocol/schema/replies.ts';
import { CurrentTrace } from '../../../src/telemetry/tracing/current.ts';
import { readActiveTrace } from '../../../src/telemetry/tracing/read-active-trace.ts';
import { Spans } from '../../../src/telemetry/tracing/spans.ts';
import { createTracedCall } from '../../../src/telemetry/tracing/traced-call.ts';
import { aRuntime, bytes, requestOf } from '../../support/runtime.ts';
import {
  aConnect,
  aLogin,
  aMessage,
  anSdk,
  aServer,
  aService,
  callAt,
  client,
  connected,
  keeping,
  login,
  meta,
  nameOf,
  publish,
  SAMPLED,
  secrets,
  treeOf,
  UNSAMPLED,
  until,
} from './support.ts';

describe('a login', () => {
  it('is a span with its look-up over HTTP as a child', async () => {
    const sdk = anSdk();
    const service = await aService(() => ({ result: 'allow' }));
    const { url } = await aServer({
      config: { authenticate: { methods: [{ http: { url: service.url } }] } },
    });
    expect(await callAt(url, login, aLogin)).toBe(true);
    const [span, lookup] = sdk.spans();
    expect(treeOf(sdk.spans())).toStrictEqual({ [nameOf(login)]: { [lookup?.name ?? '']: {} } });
    expect(lookup?.name).toMatch(/^lookup \w/);
    expect(span?.kind).toBe(SpanKind.SERVER);
    expect(span?.instrumentationScope.name).toBe('exhook-edge');
    expect(span?.attributes).toStrictEqual({
      'rpc.system.name': 'grpc',
      'rpc.method': 'emqx.exhook.v3.HookProvider/OnClientAuthenticate',
      'rpc.response.status_code': 'OK',
      'exhook.hook': 'client.authenticate',
      'exhook.outcome': 'allow',
      'exhook.decision.verdict': 'allow',
      'exhook.decision.by': 'http',
      'exhook.broker.node': 'emqx@10.0.0.7',
      'exhook.broker.version': '5.10.3',
      'messaging.client.id': 'meter-1',
    });
    expect(service.requests).toHaveLength(1);
  });

  it('that is refused is not an error', async () => {
    const sdk = anSdk();
    const service = await aService(() => ({ result: 'deny' }));
    const { url } = await aServer({
      config: { authenticate: { methods: [{ http: { url: service.url } }] } },
    });
    expect(await callAt(url, login, aLogin)).toBe(false);
    expect(Object.keys(treeOf(sdk.spans()))).toStrictEqual([nameOf(login)]);
    expect(sdk.spans()[0]?.attributes).toMatchObject({
      'exhook.outcome': 'deny',
      'exhook.decision.verdict': 'deny',
      'rpc.response.status_code': 'OK',
    });
  });

  it('whose look-up fails is an error with the code, whatever onError answers', async () => {
    const sdk = anSdk();
    const service = await aService(() => 500);
    const { url } = await aServer({
      config: { authenticate: { methods: [{ http: { url: service.url, retries: 0 } }] } },
    });
    expect(await callAt(url, login, aLogin)).toBe(false);
    const [span, lookup] = sdk.spans();
    expect(treeOf(sdk.spans())).toStrictEqual({
      [`${nameOf(login)}: lookup_failed`]: { [`${lookup?.name}: lookup_failed`]: {} },
    });
    expect(span?.attributes).toMatchObject({
      'error.type': 'lookup_failed',
      'exhook.outcome': 'lookup_failed',
      'exhook.decision.by': 'onError',
      'rpc.response.status_code': 'OK',
    });
  });

  it('has the context active in its look-ups: other instrumentation nests', async () => {
    const sdk = anSdk();
    const asking = defineHook({
      name: 'client.authenticate',
      needs: (_, { answers }) => ('users' in answers ? undefined : { kind: 'users' }),
      decide: () => ({ reply: allow() }),
    });
    const users = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      trace.getTracer('redis').startSpan('GET').end();
      return {};
    };
    const { url } = await aServer({ hooks: [asking], lookups: { users } });
    await Promise.all([callAt(url, login, aLogin), callAt(url, login, aLogin)]);
    const ids = new Set(sdk.spans().map((span) => span.spanContext().traceId));
    expect(ids.size).toBe(2);
    for (const id of ids) {
      const spans = sdk.spans().filter((span) => span.spanContext().traceId === id);
      expect(treeOf(spans)).toStrictEqual({ [nameOf(login)]: { 'lookup users': { GET: {} } } });
    }
  });

  it('ends with the span of a look-up that never ends', async () => {
    const sdk = anSdk();
    const asking = defineHook({
      name: 'client.authenticate',
      needs: () => ({ kind: 'users' }),
      decide: () => ({ reply: allow() }),
    });
    const { url } = await aServer({
      hooks: [asking],
      lookups: { users: () => new Promise(() => {}) },
    });
    const response = await fetch(`${url}${login.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'connect-timeout-ms': '300' },
      body: JSON.stringify({ clientinfo: { clientid: 'c' } }),
    });
    expect(await response.json()).toMatchObject({ boolResult: false });
    expect(treeOf(await until(() => sdk.spans().length === 2 && sdk.spans()))).toStrictEqual({
      [`${nameOf(login)}: deadline`]: { 'lookup users: deadline': {} },
    });
  });

  it('says no password, user name, topic or payload', async () => {
    const sdk = anSdk();
    const service = await aService(() => ({ result: 'allow' }));
    const sink = await aService(() => 204);
    const { url } = await aServer({
      config: {
        authenticate: { methods: [{ http: { url: service.url } }] },
        sinks: { history: { http: { url: sink.url } } },
        events: { routes: [{ hooks: ['message.publish'], to: 'history' }] },
      },
    });
    await callAt(url, login, aLogin);
    await callAt(url, publish, aMessage('m1'));
    await until(() => sdk.spans().some(({ name }) => name === 'send history'));
    const told = sdk
      .spans()
      .map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
    for (const secret of secrets) expect(JSON.stringify(told)).not.toContain(secret);
  });

  it('with a token as its client id does not reveal it', async () => {
    const sdk = anSdk();
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
    const { url } = await aServer({
      hooks: [defineHook({ name: 'client.authenticate', decide: () => ({ reply: deny('no') }) })],
    });
    await callAt(url, login, requestOf(login, { clientinfo: { ...client, clientid: token }, meta }));
    expect(sdk.spans()[0]?.attributes['messaging.client.id']).toBe('(a token)');
  });
});

describe('the trace of a caller', () => {
  it.each(['gRPC', 'Connect'])('continues here, by %s', async (protocol) => {
    const sdk = anSdk();
    const { url } = await aServer({});
    if (protocol === 'gRPC') await callAt(url, connected, aConnect, { traceparent: SAMPLED });
    else
      await fetch(`${url}${connected.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent: SAMPLED },
        body: '{"clientinfo":{"clientid":"c"}}',
      });
    const [span] = sdk.spans();
    expect(span?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(span?.name).toBe(nameOf(connected));
  });

  it('that is not sampled leaves no span, and no mark on events', async () => {
    const sdk = anSdk();
    const seen: StampedEvent[] = [];
    const { url } = await aServer({ sinks: [keeping(seen)] });
    await callAt(url, connected, aConnect, { traceparent: UNSAMPLED });
    await until(() => seen.length === 1);
    expect(sdk.spans()).toStrictEqual([]);
    expect(seen[0]).not.toHaveProperty('traceparent');
  });

  it('that is not sampled stays so in the work of a sink', async () => {
    const sdk = anSdk();
    const active: unknown[] = [];
    const { url } = await aServer({
      sinks: [
        {
          name: 'own',
          write: () => {
            const span = trace.getTracer('http').startSpan('POST');
            active.push(span.isRecording());
            span.end();
          },
          close: async () => {},
        },
      ],
    });
    await callAt(url, connected, aConnect, { traceparent: UNSAMPLED });
    await until(() => active.length === 1);
    expect(active).toStrictEqual([false]);
    expect(sdk.spans()).toStrictEqual([]);
  });

  it('is a new one for what makes no sense', async () => {
    const sdk = anSdk();
    const { url } = await aServer({});
    await callAt(url, connected, aConnect, { traceparent: 'nonsense' });
    expect(sdk.spans()[0]?.parentSpanContext).toBeUndefined();
  });

  it('by Connect belongs to a span that is already active', async () => {
    const sdk = anSdk();
    const tracer = trace.getTracer('http');
    const call = createTracedCall({ spans: new Spans(tracer, () => {}), current: new CurrentTrace() });
    tracer.startActiveSpan('POST', (span) => {
      call(connected, bytes, aConnect, aRuntime(), 1000, new Headers({ traceparent: SAMPLED }));
      span.end();
    });
    expect(treeOf(sdk.spans())).toStrictEqual({ POST: { [nameOf(connected)]: {} } });
  });
});

describe('a message', () => {
  it('that cannot be read is a failed call', async () => {
    const sdk = anSdk();
    const { url } = await aServer({});
    expect(await callAt(url, publish, Uint8Array.of(0xff))).toBe(3);
    const [span] = sdk.spans();
    expect(treeOf(sdk.spans())).toStrictEqual({ [`${nameOf(publish)}: invalid_request`]: {} });
    expect(span?.attributes).toMatchObject({
      'rpc.response.status_code': 'INVALID_ARGUMENT',
      'exhook.outcome': 'invalid_request',
    });
  });

  it('that is refused before it is a call is a short span', async () => {
    const sdk = anSdk();
    const { url } = await aServer({ config: { limits: { messageBytes: 1024 } } });
    const big = requestOf(publish, { message: { id: 'm', payload: new Uint8Array(4096) } });
    expect(await callAt(url, publish, big)).toBe(8);
    expect(treeOf(sdk.spans())).toStrictEqual({ [`${nameOf(publish)}: too_large`]: {} });
    expect(sdk.spans()[0]?.attributes['rpc.response.status_code']).toBe('RESOURCE_EXHAUSTED');
  });

  it('of a hook that throws is a failed call', async () => {
    const sdk = anSdk();
    const broken = defineHook({
      name: 'message.publish',
      decide: () => {
        throw new Error(secrets[0]);
      },
    });
    const { url } = await aServer({ hooks: [broken] });
    expect(await callAt(url, publish, aMessage('m'))).toBe(13);
    expect(treeOf(sdk.spans())).toStrictEqual({ [`${nameOf(publish)}: handler_threw`]: {} });
    expect(JSON.stringify(sdk.spans().map(({ events, attributes }) => [events, attributes]))).not.toContain(
      secrets[0],
    );
  });

  it('that a hook passes on has its outcome', async () => {
    const sdk = anSdk();
    const { url } = await aServer({
      hooks: [defineHook({ name: 'message.publish', decide: () => ({ reply: pass() }) })],
    });
    await callAt(url, publish, aMessage('m'));
    expect(sdk.spans()[0]?.attributes['exhook.outcome']).toBe('pass');
  });
});

describe('the log', () => {
  it('has the trace of its call', async () => {
    const sdk = anSdk();
    const seen: unknown[] = [];
    const noting = defineHook({
      name: 'client.connected',
      // With its parameter: a hook that takes none is tried at the start.
      decide: (_input) => {
        seen.push(readActiveTrace());
        return { reply: { kind: 'observed' } };
      },
    });
    const { url } = await aServer({ hooks: [noting] });
    await callAt(url, connected, aConnect);
    await callAt(url, connected, aConnect, { traceparent: UNSAMPLED });
    const { traceId, spanId } = sdk.spans()[0]?.spanContext() ?? {};
    expect(seen).toMatchObject([
      { traceId, spanId, isSampled: true },
      { traceId: '0af7651916cd43dd8448eb211c80319c', isSampled: false },
    ]);
    expect(readActiveTrace()).toBeUndefined();
  });
});
