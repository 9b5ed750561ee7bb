/** What a metric is, and how one is written. */

/** One number, with labels; `metricName` where it differs, as in the parts of a histogram. */
export interface MetricValue {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** @typeParam Source where its numbers are. */
export interface Metric<Source> {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What several workers come to; the sum, unless said otherwise. */
  readonly aggregator: 'sum' | 'first';
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

/** A number without labels. */
export function single(value: number): MetricValue[] {
  return [{ labels: {}, value }];
}
