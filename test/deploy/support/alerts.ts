/** Alert rules and their unit tests, as Prometheus and promtool read them. */
import * as z from 'zod';
import { parseYaml } from './manifest.ts';
import { type Catalog, findUnknown } from './metric-catalog.ts';

const Alert = z.strictObject({
  alert: z.string().regex(/^Exhook[A-Z]\w+$/),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({ summary: z.string().min(10).max(120), description: z.string().min(80) }),
});

const Rules = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Alert) })),
});

const Tests = z.object({
  rule_files: z.array(z.string()),
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })),
    }),
  ),
});

export type Alert = z.output<typeof Alert>;

/** @throws ZodError for what is no file of alerts as ours are. */
export function readAlerts(text: string): Alert[] {
  const [document] = parseYaml(text, 'the rules');
  return Rules.parse(document).groups.flatMap(({ rules }) => rules);
}

export function findAlertProblems(alerts: readonly Alert[], catalog: Catalog): string[] {
  const names = alerts.map(({ alert }) => alert);
  const doubles = names
    .filter((name, i) => names.indexOf(name) !== i)
    .map((name) => `${name}: is there twice`);
  const unknown = alerts.flatMap(({ alert, expr, annotations }) =>
    [...findUnknown(expr, catalog), ...findEmptyLabels(expr, annotations, catalog)].map(
      (problem) => `${alert}: ${problem}`,
    ),
  );
  return [...doubles, ...unknown];
}

/** Labels of a text that no metric of the expression has: they would be empty. */
function findEmptyLabels(
  expr: string,
  { summary, description }: Alert['annotations'],
  catalog: Catalog,
): string[] {
  const used = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
  return [...new Set(used)].filter((label) => findUnknown(`sum by (${label}) (${expr})`, catalog).length > 0);
}

/** Alerts without a test that sees them fire, or without one that does not. */
export function findUntested(alerts: readonly Alert[], testsText: string): string[] {
  const [document] = parseYaml(testsText, 'the tests of the rules');
  const tests = Tests.parse(document).tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  return alerts.flatMap(({ alert }) => {
    const own = tests.filter(({ alertname }) => alertname === alert);
    const fires = own.some(({ exp_alerts }) => exp_alerts.length > 0);
    const isQuiet = own.some(({ exp_alerts }) => exp_alerts.length === 0);
    return [
      ...(fires ? [] : [`${alert}: no test sees it fire`]),
      ...(isQuiet ? [] : [`${alert}: no test sees it quiet`]),
    ];
  });
}
