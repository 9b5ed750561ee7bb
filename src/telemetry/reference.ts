/** The tables of docs/metrics.md, as Markdown: `npm run generate` writes them there. */
import { code, tableRow } from '../lib/schema/describe.ts';
import type { MetricDeclaration } from './metric.ts';
import { serverMetrics } from './metrics.ts';
import { policyMetrics } from './policy-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { ofWorkers } from './worker-metrics.ts';

/** By the name of the place in the page. */
export function metricTables(): Readonly<Record<string, string>> {
  return {
    'server-metrics': tableOf(serverMetrics),
    'policy-metrics': tableOf(policyMetrics),
    'worker-metrics': tableOf(ofWorkers),
    'process-metrics': tableOf(processMetrics),
  };
}

function tableOf(metrics: readonly Omit<MetricDeclaration, 'help'>[]): string {
  const head = ['| metric | type | labels | unit | meaning |', '|---|---|---|---|---|'];
  return `${[...head, ...metrics.map(rowOf)].join('\n')}\n`;
}

function rowOf({ name, type, labels, unit, meaning }: Omit<MetricDeclaration, 'help'>): string {
  const cells = [code(name), type, labels.map(code).join(' '), unit, meaning];
  return tableRow(cells);
}
