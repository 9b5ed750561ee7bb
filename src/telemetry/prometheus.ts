/** Metrics in the text format of Prometheus. prom-client is loaded here, and only if metrics are wanted. */
import type { MetricObjectWithValues, MetricValue, Registry, RegistryContentType } from 'prom-client';
import type { Metric } from './metric.ts';
import { type MetricSource, metrics } from './metrics.ts';

/** All metrics of a process at one moment, in a form that can be sent to another process. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export interface ProcessMetrics {
  snapshot(): Promise<MetricsSnapshot>;
  expose(): Promise<Exposition>;
}

/** Starts the default metrics of prom-client, of the process and its event loop. */
export async function openProcessMetrics(source: MetricSource): Promise<ProcessMetrics> {
  const { Registry, collectDefaultMetrics } = await loadClient();
  const registry = new Registry();
  for (const metric of metrics) {
    // What prom-client itself makes of the metrics of several workers: an object that is read when asked.
    registry.registerMetric({ name: metric.name, get: () => readMetric(metric, source) } as never);
  }
  collectDefaultMetrics({ register: registry });
  return { snapshot: () => registry.getMetricsAsJSON(), expose: () => expose(registry) };
}

/** A metric with its numbers, as prom-client has them. */
export function readMetric<Source>(metric: Metric<Source>, source: Source): MetricsSnapshot[number] {
  const { name, help, type, aggregator } = metric;
  return {
    name,
    help,
    type,
    aggregator,
    values: metric.values(source),
  } as unknown as MetricsSnapshot[number];
}

/** Aggregates several processes. Metrics that mean nothing as a sum have their own rule, such as the largest delay. */
export async function addUp(snapshots: readonly MetricsSnapshot[]): Promise<ProcessMetrics> {
  const { AggregatorRegistry } = await loadClient();
  const registry = AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot]));
  return { snapshot: () => registry.getMetricsAsJSON(), expose: () => expose(registry) };
}

/** Only counters: what a process that has exited leaves behind. */
export function onlyTotals(snapshot: MetricsSnapshot): MetricsSnapshot {
  // prom-client says the type in lower case, whatever its type declarations say.
  return snapshot.filter(({ type }) => ['counter', 'histogram'].includes(type as unknown as string));
}

async function expose(
  registry: Pick<Registry<RegistryContentType>, 'metrics' | 'contentType'>,
): Promise<Exposition> {
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/** Await this before pages are served: a page may be asked for when no file can be opened. */
export async function loadClient() {
  // CommonJS: a bundler sees only its default export.
  return (await import('prom-client')).default;
}
