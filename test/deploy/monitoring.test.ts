/** deploy/monitoring: all names in it exist, and Prometheus's tools accept it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../src/app/serve.ts';
import { createLogger } from '../../src/log/log.ts';
import { failureCodes } from '../../src/protocol/failure.ts';
import { findAlertProblems, findUntested, readAlerts } from './support/alerts.ts';
import { findDashboardProblems, panelsOf, queriesOf, readDashboard, rowsOf } from './support/grafana.ts';
import { type Catalog, findUnknown, readCatalog, replyOutcomes } from './support/metric-catalog.ts';
import { root } from './support/overlays.ts';
import { namesIn } from './support/promql.ts';
import { asRules, isPromtoolMissing, promtool } from './support/promtool.ts';

const read = (name: string) => readFileSync(join(root, 'deploy/monitoring', name), 'utf8');
const rules = read('prometheus-rules.yaml');
const ruleTests = read('prometheus-rules.test.yaml');
const alerts = readAlerts(rules);
const dashboard = readDashboard(read('grafana-dashboard.json'));
const expressions = [...alerts.map(({ expr }) => expr), ...queriesOf(dashboard).map(({ expr }) => expr)];

let catalog: Catalog;
beforeAll(async () => {
  catalog = await readCatalog();
});

describe('the alerts', () => {
  it('name only metrics, labels and values that exist', () => {
    expect(findAlertProblems(alerts, catalog)).toStrictEqual([]);
  });

  it('are about everything that must not go unnoticed', () => {
    const names = alerts.map(({ alert }) => alert.replace('Exhook', ''));
    expect(names).toEqual(
      expect.arrayContaining(['Absent', 'Down', 'NotReady', 'CallsFailing', 'CallsSlow']),
    );
    expect(names).toEqual(
      expect.arrayContaining(['OnErrorVerdicts', 'Shedding', 'SinkDown', 'QueueNearFull']),
    );
    expect(names).toEqual(expect.arrayContaining(['EventsDropped', 'DeadLetters', 'SpoolNearFull']));
    expect(names).toEqual(expect.arrayContaining(['WorkerRestarts', 'EventLoopLag', 'CertificateExpiring']));
    expect(names).toEqual(expect.arrayContaining(['ReloadFailed', 'AllowAllTrap']));
  });

  it('have a test each that sees them fire, and one that sees them quiet', () => {
    expect(findUntested(alerts, ruleTests)).toStrictEqual([]);
  });

  it('are all explained in docs/metrics.md', () => {
    const text = readFileSync(join(root, 'docs/metrics.md'), 'utf8');
    const documented = [...text.matchAll(/^\| `(Exhook\w+)` \| (\w+) \|/gm)].map(([, alert, severity]) => [
      alert,
      severity,
    ]);
    expect(documented).toStrictEqual(alerts.map(({ alert, labels }) => [alert, labels.severity]));
  });
});

describe('the dashboard', () => {
  it('names only metrics, labels, values and variables that exist', () => {
    expect(findDashboardProblems(dashboard, catalog)).toStrictEqual([]);
  });

  it('has rows for everything, and can be shown of any source, job and instance', () => {
    const rows = [
      'Overview',
      'Calls',
      'Latency',
      'Verdicts',
      'Failures',
      'Look-ups',
      'Sinks and queues',
      'Process',
    ];
    expect(rowsOf(dashboard)).toStrictEqual(rows);
    expect(dashboard.templating.list.map(({ name }) => name)).toStrictEqual([
      'datasource',
      'job',
      'instance',
    ]);
    for (const { expr, title } of queriesOf(dashboard))
      for (const { matchers } of namesIn(expr).selectors)
        expect([title, matchers.map(({ value }) => value)]).toEqual([
          title,
          expect.arrayContaining(['$job', '$instance']),
        ]);
  });

  it('shows every metric of ours', () => {
    const shown = new Set(
      queriesOf(dashboard).flatMap(({ expr }) => namesIn(expr).selectors.map(({ metric }) => metric)),
    );
    const ours = [...catalog.keys()].filter(
      (name) => name.startsWith('exhook_') && !/_config_last/.test(name),
    );
    const missing = ours.filter(
      (name) => !shown.has(name) && !shown.has(name.replace(/_(sum|count)$/, '_bucket')),
    );
    expect(missing).toStrictEqual([]);
    expect(panelsOf(dashboard).length).toBeGreaterThan(30);
  });
});

describe('what counts as a failed call', () => {
  it('is every code, and no reply', () => {
    const lists = expressions
      .flatMap((expr) => namesIn(expr).selectors)
      .filter(({ metric }) => metric === 'exhook_calls_total')
      .flatMap(({ matchers }) => matchers.filter(({ label }) => label === 'outcome'));
    expect(lists).toHaveLength(3);
    for (const { operator, value } of lists) {
      expect(operator).toBe('!~');
      expect(value.split('|').toSorted()).toStrictEqual([...replyOutcomes].toSorted());
    }
    expect(replyOutcomes.filter((outcome) => failureCodes.includes(outcome as never))).toStrictEqual([]);
  });
});

describe('a server that runs', () => {
  it('shows every declared metric, except those of a supervisor', async () => {
    const log = await createLogger({ level: 'silent', format: 'json' });
    const listen = { host: '127.0.0.1', port: 0 };
    const server = await serve({ config: { listen, events: { stdout: 'off' }, admin: { port: 0 } }, log });
    const text = await (await fetch(`http://127.0.0.1:${server.adminAddress?.port}/metrics`)).text();
    await server.stop();
    const shown = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
    const named = new Set(expressions.flatMap((expr) => namesIn(expr).selectors.map(({ metric }) => metric)));
    const missing = [...named].filter(
      (name) => !shown.has(name) && !shown.has(name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(missing.toSorted()).toStrictEqual(['exhook_worker_restarts_total', 'exhook_workers', 'up']);
  });
});

describe('the check itself', () => {
  it.each<[expr: string, problem: string]>([
    ['exhook_nothing_total > 0', 'there is no metric exhook_nothing_total'],
    ['sum(rate(exhook_call_total[5m]))', 'there is no metric exhook_call_total'],
    ['exhook_call_duration_seconds', 'there is no metric exhook_call_duration_seconds'],
    ['exhook_workers{status="silent"}', 'exhook_workers has no label status'],
    ['exhook_workers{state="dead"}', 'exhook_workers never has state="dead"'],
    ['exhook_calls_total{outcome=~"deadline|late"}', 'exhook_calls_total never has outcome="late"'],
    ['sum by (sinks) (exhook_sink_down)', 'no metric here has the label sinks'],
    ['sum(exhook_sink_down) without (le)', 'no metric here has the label le'],
    ['exhook_ready and on (job, pod) up', 'no metric here has the label pod'],
    ['1 + 1', 'there is no metric'],
  ])('refuses %s', (expr, problem) => {
    expect(findUnknown(expr, catalog)).toStrictEqual([problem]);
  });

  it('reads nothing into strings, ranges, functions and variables', () => {
    const expr =
      'topk(5, sum by (hook, le) (rate(exhook_call_duration_seconds_bucket{job=~"$job", hook=~"a{2}|by (x)"}[$__rate_interval] offset 5m))) > bool 1e3';
    expect(namesIn(expr)).toStrictEqual({
      selectors: [
        {
          metric: 'exhook_call_duration_seconds_bucket',
          matchers: [
            { label: 'job', operator: '=~', value: '$job' },
            { label: 'hook', operator: '=~', value: 'a{2}|by (x)' },
          ],
        },
      ],
      labels: ['hook', 'le'],
    });
  });

  it('refuses an alert that was not tested, is there twice, or has a text with an empty label', () => {
    const [first] = alerts;
    if (first === undefined) throw new Error('there are no alerts');
    const annotations = { ...first.annotations, summary: '{{ $labels.sink }} is down' };
    expect(findUntested([{ ...first, alert: 'ExhookNew' }], ruleTests)).toStrictEqual([
      'ExhookNew: no test sees it fire',
      'ExhookNew: no test sees it quiet',
    ]);
    expect(findAlertProblems([first, { ...first, annotations }], catalog)).toStrictEqual([
      'ExhookAbsent: is there twice',
      'ExhookAbsent: sink',
    ]);
  });

  it('rejects a dashboard that uses unknown metrics', () => {
    const text = read('grafana-dashboard.json');
    const problemsOf = (from: string, to: string) =>
      findDashboardProblems(readDashboard(text.replace(from, to)), catalog);
    expect(problemsOf('sum(exhook_ready{', 'sum(exhook_readiness{')).toStrictEqual([
      'Ready: there is no metric exhook_readiness',
    ]);
    expect(problemsOf('$__rate_interval', '$interval')).toStrictEqual(['there is no variable interval']);
    expect(problemsOf('"legendFormat": "{{hook}}"', '"legendFormat": "{{sink}}"')).toStrictEqual([
      'Calls by hook: the query leaves out sink of its legend',
    ]);
    expect(() => readDashboard(text.replaceAll('${datasource}', 'my-prometheus'))).toThrow(/datasource/);
  });
});

describe.skipIf(isPromtoolMissing)('promtool', () => {
  it('takes the alerts', () => {
    const { isGood, output } = promtool('check', { 'rules.yaml': rules });
    expect(output).toContain(`${alerts.length} rules found`);
    expect(isGood).toBe(true);
  });

  it('sees each alert fire and not fire', () => {
    const { isGood, output } = promtool('test', {
      'prometheus-rules.yaml': rules,
      'prometheus-rules.test.yaml': ruleTests,
    });
    expect([isGood, output]).toStrictEqual([true, expect.stringContaining('SUCCESS')]);
  });

  it.each([
    ['exhook_ready == 0', 'exhook_ready == 2'],
    ['for: 15m', 'for: 30m'],
    ['No exhook-edge is scraped', 'Something is wrong'],
  ])('notices when %s becomes %s', (from, to) => {
    expect(rules).toContain(from);
    const { isGood } = promtool('test', {
      'prometheus-rules.yaml': rules.replace(from, to),
      'prometheus-rules.test.yaml': ruleTests,
    });
    expect(isGood).toBe(false);
  });

  it('takes every query of the dashboard, and not just any text', () => {
    const queries = queriesOf(dashboard).map(({ expr }) => expr.replaceAll('$__rate_interval', '5m'));
    const { isGood, output } = promtool('check', { 'rules.yaml': asRules(queries) });
    expect([isGood, output]).toStrictEqual([true, expect.stringContaining(`${queries.length} rules found`)]);
    expect(promtool('check', { 'rules.yaml': asRules([...queries, 'sum by (a (b)']) }).isGood).toBe(false);
  });
});
