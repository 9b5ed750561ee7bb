import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workerMetrics } from '../../src/admin/supervised.ts';
import { call } from '../../src/call.ts';
import { Failure, failureCodes } from '../../src/failure.ts';
import { defineHook } from '../../src/hook.ts';
import { allow, type Reply } from '../../src/schema/replies.ts';
import type { HookInput } from '../../src/schema/requests.ts';
import { callOutcomes, DurationTally, durationBounds } from '../../src/telemetry/call-tally.ts';
import { createCallWatch } from '../../src/telemetry/call-watch.ts';
import { type MetricSource, metrics } from '../../src/telemetry/metrics.ts';
import { openProcessMetrics } from '../../src/telemetry/prometheus.ts';
import { aShell, bytes, hooksWith, requestOf, rpcFor } from '../support/shell.ts';

const input = { meta: { node: 'emqx@a' } } as HookInput;
const rpc = rpcFor('client.authorize');

function aSource(overrides: Partial<MetricSource> = {}): MetricSource {
  return {
    watch: createCallWatch(),
    load: { deciding: 0, bytes: 0, shed: 0 },
    connections: { size: 0, open: 0 },
    health: { isServing: true },
    outbox: { sinks: [] },
    live: { counters: { decisions: [], notes: { conditions: {}, rules: {} }, policy: undefined } },
    ...overrides,
  };
}

const valuesOf = (name: string, source: MetricSource) =>
  metrics.find((metric) => metric.name === name)?.values(source);

describe('calls', () => {
  it.each(failureCodes)('that failed with %s are counted under that code', async (code) => {
    const watch = createCallWatch();
    watch
      .watch(() => aShell())()
      .failed(rpc, new Failure(code, 'no'));
    const { text } = await (await openProcessMetrics(aSource({ watch }))).expose();
    expect(text).toContain(`exhook_calls_total{hook="client.authorize",version="v3",outcome="${code}"} 1\n`);
  });

  it.each(callOutcomes.filter((outcome) => !failureCodes.includes(outcome as never)))(
    'that were answered %s are counted under that kind',
    (kind) => {
      const watch = createCallWatch();
      watch
        .watch(() => aShell())()
        .decided(rpc, input, { reply: { kind } as Reply }, 0, 1000);
      expect(watch.calls.counts).toStrictEqual([
        { hook: 'client.authorize', version: 'v3', outcome: kind, calls: 1 },
      ]);
    },
  );

  it('of methods that do not exist have neither hook nor version', () => {
    const watch = createCallWatch();
    watch
      .watch(() => aShell())()
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
      const shell = watch.watch(() => aShell({ hooks: hooksWith(broken as never) }))();
      const request = requestOf(rpcFor(name), { clientinfo: {}, message: {} });
      call(rpcFor(name), bytes, request, shell, 1000);
      expect(watch.calls.counts).toMatchObject([{ hook: name, outcome: 'handler_threw', calls: 1 }]);
    },
  );

  it('reach the shell they were meant for, and a new one when it changes', () => {
    const watch = createCallWatch();
    const shells = [aShell(), aShell()];
    let current = 0;
    const watched = watch.watch(() => shells[current] as never);
    watched().decided(rpc, input, { reply: allow() }, 0, 1000);
    expect(watched()).toBe(watched());
    current = 1;
    watched().failed(rpc, new Failure('deadline', 'late'));
    expect(shells.map(({ calls, failures }) => [calls.length, failures.length])).toStrictEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('add up', () => {
    const watch = createCallWatch();
    const shell = watch.watch(() => aShell())();
    for (let i = 0; i < 3; i++) shell.decided(rpc, input, { reply: allow() }, 0, 1000);
    shell.decided(rpcFor('client.authorize', 'v1'), input, { reply: allow() }, 0, 1000);
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
  it('say what is so at the moment', () => {
    const source = aSource({
      load: { deciding: 2, bytes: 300, shed: 4 },
      connections: { size: 5, open: 6 },
      health: { isServing: false },
    });
    const read = ['in_flight', 'held_bytes', 'shed_total', 'connections', 'streams_open', 'draining'].map(
      (name) => valuesOf(`exhook_${name}`, source)?.[0]?.value,
    );
    expect(read).toStrictEqual([2, 300, 4, 5, 6, 1]);
  });

  it('of sinks with one name are one', () => {
    const none = { batches: 0, delivered: 0, retried: 0, unconfirmed: 0, spooled: 0, spooledBytes: 0 };
    const droppedBy = { full: 2, closed: 0, withdrawn: 0, dead_letter: 0 };
    const numbers = { queuedBytes: 0, queued: 1, dropped: 2, failed: 3, droppedBy };
    const sink = { ...none, ...numbers, circuit: 'closed' } as const;
    const sinks = [
      { ...sink, sink: 'stdout' },
      { ...sink, sink: 'nats' },
      { ...sink, sink: 'nats' },
    ];
    const read = (name: string) => valuesOf(name, aSource({ outbox: { sinks } }))?.map(({ value }) => value);
    expect(read('exhook_events_queued')).toStrictEqual([1, 2]);
    expect(read('exhook_events_failed_total')).toStrictEqual([3, 6]);
  });
});

describe('docs/metrics.md', () => {
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `([a-z0-9]+_[a-z0-9_]+)` \| (?:counter|gauge|histogram)/gm)].map(
    ([, name]) => name ?? '',
  );

  it('names every metric there is, and no other', async () => {
    const own = [...metrics, ...workerMetrics({}, 0)];
    const all = [...(await (await openProcessMetrics(aSource())).snapshot()), ...own].map(({ name }) => name);
    // The documentation is of Linux; elsewhere /proc is missing, and prom-client has fewer.
    const onLinux = process.platform === 'linux' ? documented : all;
    expect([...new Set(all)].toSorted()).toStrictEqual(onLinux.toSorted());
  });

  it('names no metric twice', () => {
    expect(documented).toHaveLength(new Set(documented).size);
  });

  it('names every outcome', () => {
    for (const outcome of callOutcomes) expect(text).toContain(`\`${outcome}\``);
  });

  it('says which labels there are', () => {
    const labels = (name: string) =>
      text.match(new RegExp(`^\\| \`${name}\` \\| [^|]* \\| ([^|]*) \\|`, 'm'))?.[1];
    expect(labels('exhook_calls_total')).toBe('`hook` `version` `outcome`');
    expect(labels('exhook_call_duration_seconds')).toBe('`hook`');
    expect(labels('exhook_events_dropped_total')).toBe('`sink` `reason`');
    expect(labels('exhook_workers')).toBe('`state`');
    expect(labels('exhook_verdicts_total')).toBe('`hook` `verdict` `by` `mode`');
    expect(labels('exhook_shared_grants_total')).toBe('`operation` `outcome`');
  });
});
