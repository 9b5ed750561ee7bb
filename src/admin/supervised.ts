/** The admin port of a supervisor: its pages are about all workers together. */
import type { Config } from '../config/schema.ts';
import type { Environment } from '../lookup/secret.ts';
import type { Logger } from '../telemetry/log.ts';
import type { MetricsSnapshot } from '../telemetry/prometheus.ts';
import { Crew } from './crew.ts';
import { addUpHooks } from './hook-report.ts';
import type { AdminSource } from './page.ts';
import { type AdminServer, openAdminServer } from './server.ts';
import { Totals } from './totals.ts';

export interface SupervisedOptions {
  readonly admin: NonNullable<Config['admin']>;
  /** How many there should be. */
  readonly workers: number;
  readonly log: Logger;
  readonly env: Environment;
}

/** To be called before the first worker is started. @throws Error that names the key to change. */
export async function openSupervisorAdmin(options: SupervisedOptions): Promise<AdminServer> {
  return await openAdminServer({ ...options, source: sourceOfWorkers(options.workers) });
}

function sourceOfWorkers(workers: number): AdminSource {
  const totals = new Totals();
  const crew = new Crew((worker) => void totals.gone(worker));
  return {
    async isReady() {
      const { answers } = await crew.ask('ready');
      return [...answers.values()].includes(true);
    },
    async metrics() {
      const { answers, silent } = await crew.ask('metrics');
      for (const [worker, snapshot] of answers) totals.heard(worker, snapshot);
      const answering = answers.size;
      const states = { answering, silent, missing: Math.max(0, workers - answering - silent) };
      const own = workerMetrics(states, Math.max(0, crew.forks - workers));
      return await (await totals.sum(new Set(answers.keys()), own)).expose();
    },
    async config() {
      const { answers } = await crew.ask('config');
      return [...answers.values()][0];
    },
    async hooks() {
      const { answers } = await crew.ask('hooks');
      return addUpHooks([...answers.values()]);
    },
  };
}

/** What only the supervisor knows. */
export function workerMetrics(states: Readonly<Record<string, number>>, restarts: number): MetricsSnapshot {
  const values = Object.entries(states).map(([state, value]) => ({ labels: { state }, value }));
  const own = [
    { name: 'exhook_workers', help: 'Workers by state', type: 'gauge', aggregator: 'sum', values },
    {
      name: 'exhook_worker_restarts_total',
      help: 'Workers that were started in the place of one that had died',
      type: 'counter',
      aggregator: 'sum',
      values: [{ labels: {}, value: restarts }],
    },
  ];
  return own as unknown as MetricsSnapshot;
}
