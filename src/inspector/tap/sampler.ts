/** Ends each second of the series, with what is sampled at that moment, and keeps the rates of sinks. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { SinkStats } from '../../events/outbox-stats.ts';
import { toDate } from '../view/time.ts';
import type { CallSeries } from './series.ts';

export interface SamplerWorld {
  readonly series: CallSeries;
  readonly load: { readonly deciding: number };
  readonly outbox: { readonly sinks: readonly SinkStats[] };
}

export interface Sampler {
  /** Events a second that a sink has confirmed, over the last ten seconds. */
  rateOf(sink: string): number;
  close(): void;
}

/** Milliseconds. */
const PERIOD = 1000;
/** Seconds of a rate. */
const WINDOW = 10;

export function startSampler({ series, load, outbox }: SamplerWorld): Sampler {
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  /** How many events were confirmed at the end of the last seconds, by sink. */
  const delivered = new Map<string, number[]>();
  let since = performance.now();

  const sample = (): void => {
    const sinks = outbox.sinks;
    series.close(Math.round(toDate(since)), {
      loopDelay: Math.round(loop.max / 1e4) / 100,
      inFlight: load.deciding,
      queued: sum(sinks, 'queued'),
      spooled: sum(sinks, 'spooled'),
    });
    loop.reset();
    since = performance.now();
    for (const stats of sinks) remember(delivered, stats);
  };
  const timer = setInterval(sample, PERIOD);
  timer.unref();

  return {
    rateOf(sink) {
      const counts = delivered.get(sink) ?? [];
      if (counts.length < 2) return 0;
      const [first = 0] = counts;
      const last = counts.at(-1) ?? 0;
      return Math.round(((last - first) / (counts.length - 1)) * 10) / 10;
    },
    close() {
      clearInterval(timer);
      loop.disable();
    },
  };
}

function remember(delivered: Map<string, number[]>, { sink, delivered: count }: SinkStats): void {
  const counts = delivered.get(sink) ?? [];
  delivered.set(sink, counts);
  counts.push(count);
  if (counts.length > WINDOW + 1) counts.shift();
}

function sum(sinks: readonly SinkStats[], field: 'queued' | 'spooled'): number {
  return sinks.reduce((total, stats) => total + stats[field], 0);
}
