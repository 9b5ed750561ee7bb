import { describe, expect, it } from 'vitest';
import { Totals } from '../../../src/app/admin/totals.ts';
import type { MetricsSnapshot } from '../../../src/telemetry/prometheus.ts';
import { readWorkerMetrics } from '../../../src/telemetry/worker-metrics.ts';

/** A worker that has counted so much, and holds as much at the moment. */
function snapshot(value: number): MetricsSnapshot {
  const metric = { help: 'h', aggregator: 'sum', values: [{ labels: {}, value }] };
  return [
    { ...metric, name: 'calls_total', type: 'counter' },
    { ...metric, name: 'held', type: 'gauge' },
  ] as unknown as MetricsSnapshot;
}

async function read(
  totals: Totals,
  answering: number[],
): Promise<[calls: number | undefined, held: number | undefined]> {
  const sum = await (await totals.sum(new Set(answering), [])).snapshot();
  const numberOf = (name: string) => sum.find((metric) => metric.name === name)?.values[0]?.value;
  return [numberOf('calls_total'), numberOf('held')];
}

describe('the totals of several workers', () => {
  it('are the sums of all that answer', async () => {
    const totals = new Totals();
    totals.heard(1, snapshot(10));
    totals.heard(2, snapshot(5));
    expect(await read(totals, [1, 2])).toStrictEqual([15, 15]);
  });

  it('keep the totals of a silent worker, but not its gauges', async () => {
    const totals = new Totals();
    totals.heard(1, snapshot(10));
    totals.heard(2, snapshot(5));
    expect(await read(totals, [2])).toStrictEqual([15, 5]);
    totals.heard(1, snapshot(12));
    expect(await read(totals, [1, 2])).toStrictEqual([17, 17]);
  });

  it('keep what workers had counted that are gone', async () => {
    const totals = new Totals();
    for (let worker = 1; worker <= 3; worker++) totals.heard(worker, snapshot(10));
    const gone = [totals.gone(1), totals.gone(2)];
    expect(await read(totals, [3])).toStrictEqual([30, 10]);
    await Promise.all(gone);
    expect(await read(totals, [3])).toStrictEqual([30, 10]);
    totals.heard(4, snapshot(1));
    expect(await read(totals, [3, 4])).toStrictEqual([31, 11]);
  });

  it('do not count a worker that was never heard', async () => {
    const totals = new Totals();
    await totals.gone(9);
    expect(await read(totals, [])).toStrictEqual([undefined, undefined]);
  });

  it('come with what only the supervisor knows', async () => {
    const sum = await new Totals().sum(
      new Set(),
      readWorkerMetrics({
        states: { answering: 1, silent: 2, missing: 3 },
        restarts: 4,
        neverAsking: () => 5,
        outdated: () => 6,
      }),
    );
    const { text } = await sum.expose();
    for (const line of [
      'exhook_workers{state="answering"} 1',
      'exhook_brokers_never_asking 5',
      'exhook_brokers_outdated 6',
      'exhook_workers{state="silent"} 2',
      'exhook_workers{state="missing"} 3',
      'exhook_worker_restarts_total 4',
    ])
      expect(text).toContain(`${line}\n`);
  });
});
