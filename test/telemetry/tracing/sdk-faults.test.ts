/** The SDK is the user's: whatever it throws, brokers get their answers. */
import { type Context, context, propagation, type Span, trace } from '@opentelemetry/api';
import { SamplingDecision, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ActiveTrace } from '../../../src/log/active-trace.ts';
import type { Logger } from '../../../src/log/log.ts';
import { openTracing } from '../../../src/telemetry/tracing/detect.ts';
import { readActiveTrace } from '../../../src/telemetry/tracing/read-active-trace.ts';
import {
  aLogin,
  aMessage,
  anSdk,
  aServer,
  aService,
  callAt,
  keeping,
  login,
  nameOf,
  publish,
  until,
} from './support.ts';

function broken(): never {
  throw new Error('a fault of the SDK');
}

function aProcessor(overrides: Partial<SpanProcessor>): SpanProcessor {
  return {
    onStart() {},
    onEnd() {},
    forceFlush: async () => {},
    shutdown: async () => {},
    ...overrides,
  };
}

/** A provider with configurable spans. */
function aProvider(span: Partial<Span>): void {
  const whole = {
    spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
    isRecording: () => true,
    setAttribute() {},
    setAttributes() {},
    setStatus() {},
    end() {},
    ...span,
  } as unknown as Span;
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: () => whole, startActiveSpan: broken }) });
  onTestFinished(() => trace.disable());
}

function aContextManager(overrides: object): void {
  const manager = {
    active: broken,
    with: broken,
    bind: broken,
    enable: () => manager,
    disable: () => manager,
    ...overrides,
  };
  context.setGlobalContextManager(manager as never);
}

const faults: Record<string, () => unknown> = {
  'a sampler': () => anSdk({ sampler: { shouldSample: broken, toString: () => 'broken' } }),
  'the start of a processor': () => anSdk({ processors: [aProcessor({ onStart: broken })] }),
  'the end of a processor': () => anSdk({ processors: [aProcessor({ onEnd: broken })] }),
  'a flush': () => anSdk({ processors: [aProcessor({ forceFlush: broken })] }),
  'an exporter': () => {
    const sdk = anSdk();
    sdk.exporter.export = broken;
  },
  'a span without a context': () => aProvider({ spanContext: broken }),
  'every method of a span': () =>
    aProvider({ setAttribute: broken, setAttributes: broken, setStatus: broken, end: broken }),
  'a tracer that makes no spans': () => {
    trace.setGlobalTracerProvider({ getTracer: () => ({}) as never });
    onTestFinished(() => trace.disable());
  },
  'the making of a tracer': () => {
    trace.setGlobalTracerProvider({ getTracer: broken });
    onTestFinished(() => trace.disable());
  },
  'a context manager': () => {
    anSdk();
    context.disable();
    aContextManager({});
  },
  'a context manager that throws afterwards': () => {
    anSdk();
    context.disable();
    aContextManager({
      with(_: Context, work: () => unknown) {
        work();
        broken();
      },
    });
  },
  'a propagator': () => {
    anSdk();
    propagation.disable();
    propagation.setGlobalPropagator({ inject: broken, extract: broken, fields: () => [] });
  },
};

describe('an SDK that throws', () => {
  it.each(Object.entries(faults))('in %s changes no answer and loses no event', async (_, register) => {
    register();
    const service = await aService(() => ({ result: 'allow' }));
    const sink = await aService(() => 204);
    const seen: { readonly id: string }[] = [];
    const lines: string[] = [];
    const log = aLog(lines);
    const { url, stop } = await aServer({
      log,
      sinks: [keeping(seen as never)],
      config: {
        authenticate: { methods: [{ http: { url: service.url } }] },
        sinks: { history: { http: { url: sink.url } } },
        events: { routes: [{ hooks: ['message.publish'], to: 'history', delivery: 'before-reply' }] },
      },
    });
    expect(await callAt(url, login, aLogin)).toBe(true);
    expect(await callAt(url, publish, aMessage('m1'))).toBe('ignore');
    expect(await callAt(url, publish, Uint8Array.of(0xff))).toBe(3);
    await until(() => seen.length === 1);
    expect(sink.requests).toHaveLength(1);
    expect(service.requests).toHaveLength(1);
    expect(await stop()).toBe(true);
    for (const line of lines) expect(line).toMatch(/the SDK of OpenTelemetry|^a call failed: not a emqx/);
  });

  it('in the context manager leaves lines of the log without a trace', () => {
    aContextManager({});
    onTestFinished(() => context.disable());
    const read: ActiveTrace | undefined = readActiveTrace();
    expect(read).toBeUndefined();
  });

  it('is reported, a line a second', async () => {
    anSdk({ sampler: { shouldSample: broken, toString: () => 'broken' } });
    const lines: string[] = [];
    const { url } = await aServer({ log: aLog(lines) });
    for (let i = 0; i < 3; i++) await callAt(url, publish, aMessage(`m${i}`));
    expect(lines).toContain('the SDK of OpenTelemetry failed: spans are missing, calls are not affected');
  });

  it('never comes to the end of a flush does not keep the server from stopping', async () => {
    anSdk({ processors: [aProcessor({ forceFlush: () => new Promise(() => {}) })] });
    const { stop } = await aServer({ config: { drain: { timeout: '1s' } } });
    expect(await stop()).toBe(true);
  });
});

describe('an SDK that decides', () => {
  it('not to sample, in its own way, gets no child spans and no marks', async () => {
    const decision = SamplingDecision.NOT_RECORD;
    const sdk = anSdk({ sampler: { shouldSample: () => ({ decision }), toString: () => 'never' } });
    const seen: object[] = [];
    const { url } = await aServer({ sinks: [keeping(seen as never)] });
    await callAt(url, publish, aMessage('m1'));
    await until(() => seen.length === 1);
    expect(sdk.spans()).toStrictEqual([]);
    expect(seen[0]).not.toHaveProperty('traceparent');
  });

  it('to record without sampling gets spans, and events have no mark', async () => {
    const ended: string[] = [];
    const decision = SamplingDecision.RECORD;
    anSdk({
      sampler: { shouldSample: () => ({ decision }), toString: () => 'record' },
      processors: [aProcessor({ onEnd: ({ name }) => void ended.push(name) })],
    });
    const seen: object[] = [];
    const { url } = await aServer({ sinks: [keeping(seen as never)] });
    await callAt(url, publish, aMessage('m1'));
    await until(() => seen.length === 1);
    expect(ended).toStrictEqual([nameOf(publish)]);
    expect(seen[0]).not.toHaveProperty('traceparent');
  });

  it('on an API older than ours is reported, and nothing is traced', async () => {
    anSdk();
    const registry = (globalThis as never)[Symbol.for('opentelemetry.js.api.1')] as Registry;
    const { version, trace: registered } = registry;
    Object.assign(registry, { version: '1.0.0', trace: { getTracer: broken } });
    const lines: string[] = [];
    expect(await openTracing(aLog(lines))).toBeUndefined();
    Object.assign(registry, { version, trace: registered });
    expect(lines).toStrictEqual([
      'nothing is traced: the SDK of OpenTelemetry comes with an older @opentelemetry/api; bring it up to date',
    ]);
  });
});

interface Registry {
  version: string;
  trace: unknown;
}

/** Records the texts of the log. */
function aLog(lines: string[]): Logger {
  const write = (...args: unknown[]) => void lines.push(String(args.at(-1)));
  return {
    info() {},
    debug() {},
    trace() {},
    warn: write,
    error: write,
    fatal: write,
    isLevelEnabled: () => true,
  } as unknown as Logger;
}
