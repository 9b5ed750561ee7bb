/** What a metric is, and how one is written. */
import { durationBounds, type Observed } from './histogram.ts';

export type Labels = Readonly<Record<string, string | number>>;

/** One number, with labels; `metricName` where it differs, as in the parts of a histogram. */
export interface MetricValue {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** @typeParam Source where its numbers are. */
export interface Metric<Source> {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What several workers come to; the sum, unless said otherwise. */
  readonly aggregator: 'sum' | 'first' | 'min';
  values(source: Source): MetricValue[];
}

export type Read<Source> = (source: Source) => MetricValue[];

/** Only ever rises. */
export function counter<Source>(name: string, help: string, values: Read<Source>): Metric<Source> {
  return { name, help, type: 'counter', aggregator: 'sum', values };
}

/** What is so at the moment. */
export function gauge<Source>(name: string, help: string, values: Read<Source>): Metric<Source> {
  return { name, help, type: 'gauge', aggregator: 'sum', values };
}

/** The least of several workers counts: who is behind is what matters. */
export function leastGauge<Source>(name: string, help: string, values: Read<Source>): Metric<Source> {
  return { ...gauge(name, help, values), aggregator: 'min' };
}

/** What all workers have in common. */
export function commonGauge<Source>(name: string, help: string, values: Read<Source>): Metric<Source> {
  return { ...gauge(name, help, values), aggregator: 'first' };
}

/** Durations, with the bounds of all of them. */
export function durations<Source>(
  name: string,
  help: string,
  read: (source: Source) => readonly (Observed & { readonly labels: Labels })[],
): Metric<Source> {
  const values: Read<Source> = (source) => read(source).flatMap((observed) => bucketsOf(name, observed));
  return { name, help, type: 'histogram', aggregator: 'sum', values };
}

/** As Prometheus has it: each bucket holds what is in those before it too. */
function bucketsOf(
  name: string,
  { labels, buckets, sum }: Observed & { readonly labels: Labels },
): MetricValue[] {
  let count = 0;
  const cumulative = buckets.map((more, i) => {
    count += more;
    const le = durationBounds[i] ?? '+Inf';
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** A number without labels. */
export function single(value: number): MetricValue[] {
  return [{ labels: {}, value }];
}
