import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { call } from '../../src/core/call.ts';
import { defineHook } from '../../src/core/hook.ts';
import { Failure, failureCodes } from '../../src/protocol/failure.ts';
import { allow, type Reply } from '../../src/protocol/schema/replies.ts';
import { callOutcomes, DurationTally } from '../../src/telemetry/call-tally.ts';
import { createCallWatch } from '../../src/telemetry/call-watch.ts';
import { durationBounds } from '../../src/telemetry/histogram.ts';
import { lookupOutcomes } from '../../src/telemetry/lookup-tally.ts';
import { type MetricSource, metrics } from '../../src/telemetry/metrics.ts';
import { processMetrics } from '../../src/telemetry/process-metrics.ts';
import { openProcessMetrics } from '../../src/telemetry/prometheus.ts';
import { metricTables } from '../../src/telemetry/reference.ts';
import { ofWorkers, readWorkerMetrics } from '../../src/telemetry/worker-metrics.ts';
import { aFullSource, aLoad, anInput, aSink, aSource } from '../support/metric-source.ts';
import { aRuntime, bytes, hooksWith, requestOf, rpcFor } from '../support/runtime.ts';

const input = anInput;
const rpc = rpcFor('client.authorize');

const valuesOf = (name: string, source: MetricSource) =>
  metrics.find((metric) => metric.name === name)?.values(source);

describe('calls', () => {
  it.each(failureCodes)('that failed with %s are counted under that code', async (code) => {
    const watch = createCallWatch();
    watch
      .watch(() => aRuntime())()
      .failed(rpc, new Failure(code, 'no'));
    const { text } = await (await openProcessMetrics(aSource({ watch }))).expose();
    expect(text).toContain(`exhook_calls_total{hook="client.authorize",version="v3",outcome="${code}"} 1\n`);
  });

  it.each(callOutcomes.filter((outcome) => !failureCodes.includes(outcome as never)))(
    'that were answered %s are counted under that kind',
    (kind) => {
      const watch = createCallWatch();
      watch
        .watch(() => aRuntime())()
        .decided(rpc, input, { reply: { kind } as Reply }, 0, 1000);
      expect(watch.calls.counts).toStrictEqual([
        { hook: 'client.authorize', version: 'v3', outcome: kind, calls: 1 },
      ]);
    },
  );

  it('of methods that do not exist have neither hook nor version', () => {
    const watch = createCallWatch();
    watch
      .watch(() => aRuntime())()
      .failed(undefined, new Failure('unknown_method', 'no'));
    expect(watch.calls.counts).toMatchObject([{ hook: 'none', version: 'none', outcome: 'unknown_method' }]);
  });

  it.each(['client.authorize', 'message.publish'] as const)(
    'of %s that onError answers are counted once, as failed',
    (name) => {
      const watch = createCallWatch();
      const broken = defineHook({
        name,
        onError: 'allow',
        decide: () => {
          throw new Error('broken');
        },
      });
      const runtime = watch.watch(() => aRuntime({ hooks: hooksWith(broken as never) }))();
      const request = requestOf(rpcFor(name), { clientinfo: {}, message: {} });
      call(rpcFor(name), bytes, request, runtime, 1000);
      expect(watch.calls.counts).toMatchObject([{ hook: name, outcome: 'handler_threw', calls: 1 }]);
    },
  );

  it('reach the runtime they were meant for, and a new one when it changes', () => {
    const watch = createCallWatch();
    const runtimes = [aRuntime(), aRuntime()];
    let current = 0;
    const watched = watch.watch(() => runtimes[current] as never);
    watched().decided(rpc, input, { reply: allow() }, 0, 1000);
    expect(watched()).toBe(watched());
    current = 1;
    watched().failed(rpc, new Failure('deadline', 'late'));
    expect(runtimes.map(({ calls, failures }) => [calls.length, failures.length])).toStrictEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('add up', () => {
    const watch = createCallWatch();
    const runtime = watch.watch(() => aRuntime())();
    for (let i = 0; i < 3; i++) runtime.decided(rpc, input, { reply: allow() }, 0, 1000);
    runtime.decided(rpcFor('client.authorize', 'v1'), input, { reply: allow() }, 0, 1000);
    expect(valuesOf('exhook_calls_total', aSource({ watch }))).toStrictEqual([
      { labels: { hook: 'client.authorize', version: 'v3', outcome: 'allow' }, value: 3 },
      { labels: { hook: 'client.authorize', version: 'v1', outcome: 'allow' }, value: 1 },
    ]);
  });
});

describe('durations', () => {
  it('have buckets from 10 us to 5 s, in rising order', () => {
    expect([durationBounds[0], durationBounds.at(-1)]).toStrictEqual([0.00001, 5]);
    expect(durationBounds).toStrictEqual(durationBounds.toSorted((a, b) => a - b));
  });

  it.each([
    [0, 0],
    [0.01, 0],
    [0.0101, 1],
    [1, 6],
    [5000, 17],
    [5001, 18],
  ])('of %d ms fall into bucket %d', (milliseconds, bucket) => {
    const tally = new DurationTally();
    tally.observe(rpc, milliseconds);
    const [durations] = tally.durations;
    expect(durations?.buckets.indexOf(1)).toBe(bucket);
    expect(durations?.sum).toBeCloseTo(milliseconds / 1000, 9);
  });

  it('are cumulative as Prometheus wants them, and end with all calls', () => {
    const watch = createCallWatch();
    for (const milliseconds of [0.02, 0.02, 3, 9000]) watch.answered(rpc, milliseconds);
    const values = valuesOf('exhook_call_duration_seconds', aSource({ watch })) ?? [];
    const bucket = (le: number | string) => values.find(({ labels }) => labels.le === le)?.value;
    expect([0.00001, 0.000025, 0.0025, 0.005, 5, '+Inf'].map(bucket)).toStrictEqual([0, 2, 2, 3, 3, 4]);
    const total = (suffix: string) => values.find(({ metricName }) => metricName?.endsWith(suffix))?.value;
    expect([total('_count'), total('_sum')]).toStrictEqual([4, expect.closeTo(9.00304, 9)]);
  });
});

describe('gauges', () => {
  it('report the present state', () => {
    const source = aSource({
      load: { ...aLoad, deciding: 2, bytes: 300, shed: 4 },
      connections: { size: 5, open: 6 },
      health: { isServing: false, isReady: false },
    });
    const read = [
      'in_flight',
      'held_bytes',
      'shed_total',
      'connections',
      'streams_open',
      'draining',
      'ready',
    ];
    const limits = ['in_flight_limit', 'held_limit_bytes'];
    const values = [...read, ...limits].map((name) => valuesOf(`exhook_${name}`, source)?.[0]?.value);
    expect(values).toStrictEqual([2, 300, 4, 5, 6, 1, 0, 10, 1000]);
  });

  it('of sinks with one name are one', () => {
    const sink = { ...aSink, queued: 1, failed: 3 };
    const sinks = [
      { ...sink, sink: 'stdout' },
      { ...sink, sink: 'nats' },
      { ...sink, sink: 'nats' },
    ];
    const read = (name: string) => valuesOf(name, aSource({ outbox: { sinks } }))?.map(({ value }) => value);
    expect(read('exhook_events_queued')).toStrictEqual([1, 2]);
    expect(read('exhook_events_failed_total')).toStrictEqual([3, 6]);
    expect(read('exhook_events_queue_limit')).toStrictEqual([100, 200]);
    expect(read('exhook_events_queue_limit_bytes')).toStrictEqual([10_000, 20_000]);
  });

  it('of a spool are there only with a spool, and its limit is one for all sinks', () => {
    const outbox = { sinks: [aSink, { ...aSink, sink: 'redis' }] };
    expect(valuesOf('exhook_spool_limit_bytes', aSource({ outbox }))).toStrictEqual([]);
    const values = valuesOf('exhook_spool_limit_bytes', aSource({ outbox, spoolLimit: 7 }));
    expect(values).toStrictEqual([{ labels: {}, value: 7 }]);
  });

  it('of reloads say what became of the last, and since when the configuration is in force', () => {
    const reloads = { done: 2, failed: 3, isLastInForce: false, lastDone: 1_700_000_000_500 };
    const read = (name: string) =>
      valuesOf(`exhook_config_${name}`, aSource({ reloads }))?.map(({ value }) => value);
    expect(read('reloads_total')).toStrictEqual([2, 3]);
    expect(read('last_reload_successful')).toStrictEqual([0]);
    expect(read('last_reload_success_timestamp_seconds')).toStrictEqual([1_700_000_000.5]);
  });

  it('of the certificate are there only with one, in seconds', () => {
    const read = (tls: MetricSource['tls']) =>
      valuesOf('exhook_tls_certificate_expiry_timestamp_seconds', aSource({ tls }));
    expect(read(undefined)).toStrictEqual([]);
    expect(read({ expiry: 1_700_000_000_000 })).toStrictEqual([{ labels: {}, value: 1_700_000_000 }]);
  });

  it.each([
    ['exhook_brokers_never_asking', 'neverAsking'],
    ['exhook_brokers_outdated', 'outdated'],
  ] as const)('%s is left to the supervisor where there is one', (name, source) => {
    const read = (nodes: number | undefined) => valuesOf(name, aSource({ [source]: () => nodes }));
    expect(read(undefined)).toStrictEqual([]);
    expect(read(2)).toStrictEqual([{ labels: {}, value: 2 }]);
  });
});

/** All metrics of a server and a supervisor, each once; the values come from `aFullSource`. */
async function readAll() {
  const workers = readWorkerMetrics({
    states: { answering: 1 },
    restarts: 0,
    neverAsking: () => 0,
    outdated: () => 0,
  });
  const all = [...(await (await openProcessMetrics(aFullSource())).snapshot()), ...workers];
  return [...new Map(all.map((metric) => [metric.name, metric])).values()];
}

const declared = [...metrics, ...ofWorkers, ...processMetrics];

describe('metrics', () => {
  it('that are exposed are declared, and the other way round', async () => {
    const exposed = (await readAll()).map(({ name, type }) => `${name} ${type}`);
    // The declared process metrics are Linux's; elsewhere /proc is missing, and prom-client has fewer.
    const own =
      process.platform === 'linux' ? declared : declared.filter(({ name }) => /^exhook_/.test(name));
    expect(
      exposed.filter((name) => process.platform === 'linux' || /^exhook_/.test(name)).toSorted(),
    ).toStrictEqual(own.map(({ name, type }) => `${name} ${type}`).toSorted());
  });

  it('are declared once each', () => {
    expect(declared).toHaveLength(new Set(declared.map(({ name }) => name)).size);
  });

  it('have the labels that they declare', async () => {
    const exposed = new Map((await readAll()).map(({ name, values }) => [name, values]));
    for (const { name, labels } of [...metrics, ...ofWorkers]) {
      const found = new Set(exposed.get(name)?.flatMap((one) => Object.keys(one.labels)));
      found.delete('le');
      expect([name, ...[...found].toSorted()]).toStrictEqual([name, ...labels.toSorted()]);
    }
  });

  it('have a unit at the end of their names as Prometheus wants it', () => {
    const suffixes = { counter: '_total', histogram: '_seconds', gauge: '' };
    for (const { name, type } of [...metrics, ...ofWorkers])
      expect(name.endsWith(suffixes[type]) ? name : `${name} lacks ${suffixes[type]}`).toBe(name);
  });
});

describe('docs/metrics.md', () => {
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

  it('has the tables that are generated from the declarations', () => {
    for (const [name, table] of Object.entries(metricTables()))
      expect(text).toContain(`<!-- generated:${name} -->\n\n${table}\n<!-- /generated:${name} -->`);
    for (const { name } of declared) expect(text.split(`\n| \`${name}\` |`)).toHaveLength(2);
  });

  it('names every outcome', () => {
    for (const outcome of callOutcomes) expect(text).toContain(`\`${outcome}\``);
  });

  it('names every outcome of a look-up', () => {
    for (const outcome of lookupOutcomes) expect(text).toContain(`\`${outcome}\``);
  });
});
