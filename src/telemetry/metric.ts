/** What a metric is, and how one is written. */
import { durationBounds, type Observed } from './histogram.ts';

export type Labels = Readonly<Record<string, string | number>>;

/** One number, with labels; `metricName` where it differs, as in the parts of a histogram. */
export interface MetricValue {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** What a metric says of itself. docs/metrics.md is generated from it. */
export interface MetricDeclaration {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The text beside its numbers. */
  readonly help: string;
  /** The names of its labels: all that its values have, besides the bucket of a histogram. */
  readonly labels: readonly string[];
  /** What is counted or measured, in a word, such as `seconds`; empty of a yes or no. */
  readonly unit: string;
  /** What somebody who reads its numbers has to know, as Markdown. */
  readonly meaning: string;
}

/** @typeParam Source where its numbers are. */
export interface Metric<Source> extends MetricDeclaration {
  /** What several workers come to; the sum, unless said otherwise. */
  readonly aggregator: 'sum' | 'first' | 'min';
  values(source: Source): MetricValue[];
}

export type Read<Source> = (source: Source) => MetricValue[];

type Declared = Omit<MetricDeclaration, 'type'>;

/** Only ever rises. */
export function counter<Source>(declared: Declared, values: Read<Source>): Metric<Source> {
  return { ...declared, type: 'counter', aggregator: 'sum', values };
}

/** What is so at the moment. */
export function gauge<Source>(declared: Declared, values: Read<Source>): Metric<Source> {
  return { ...declared, type: 'gauge', aggregator: 'sum', values };
}

/** The least of several workers counts: who is behind is what matters. */
export function leastGauge<Source>(declared: Declared, values: Read<Source>): Metric<Source> {
  return { ...gauge(declared, values), aggregator: 'min' };
}

/** What all workers have in common. */
export function commonGauge<Source>(declared: Declared, values: Read<Source>): Metric<Source> {
  return { ...gauge(declared, values), aggregator: 'first' };
}

/** Durations, with the bounds of all of them. */
export function durations<Source>(
  declared: Declared,
  read: (source: Source) => readonly (Observed & { readonly labels: Labels })[],
): Metric<Source> {
  const values: Read<Source> = (source) =>
    read(source).flatMap((observed) => bucketsOf(declared.name, observed));
  return { ...declared, type: 'histogram', aggregator: 'sum', values };
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
