/** The pages of a supervisor: they cover all workers, on the supervisor's port or the workers'. */
import type { Admin } from '../../config/sections/admin.ts';
import { addUpHooks, findOutdated, findTrapped } from '../../emqx/hook-report.ts';
import type { Environment } from '../../lib/secret.ts';
import type { Logger } from '../../log/log.ts';
import { loadClient } from '../../telemetry/prometheus.ts';
import { readWorkerMetrics } from '../../telemetry/worker-metrics.ts';
import type { AdminSource } from './page.ts';
import { servePages } from './page-service.ts';
import { readToken } from './pages.ts';
import { hasOwnPort, openAdminServer } from './server.ts';
import { Totals } from './totals.ts';
import { WorkerPool } from './worker-pool.ts';

export interface SupervisedOptions {
  readonly admin: Admin;
  /** The number of workers that should run. */
  readonly workers: number;
  readonly log: Logger;
  readonly env: Environment;
}

/** Call this before the first worker starts. @throws Error that names the key to change. */
export async function openSupervisorAdmin(options: SupervisedOptions): Promise<{ close(): void }> {
  const { admin, workers, log } = options;
  await loadClient();
  const source = sourceOfWorkers(workers);
  if (!hasOwnPort(admin)) {
    // Each worker reads it too: report errors once, before one of them listens.
    await readToken(admin, options.env);
    return servePages(source, log);
  }
  return await openAdminServer({ ...options, admin, source });
}

function sourceOfWorkers(workers: number): AdminSource {
  const totals = new Totals();
  const crew = new WorkerPool((worker) => void totals.gone(worker));
  return {
    async isReady() {
      const { answers } = await crew.ask('ready');
      return [...answers.values()].includes(true);
    },
    async metrics() {
      const [{ answers, silent }, hooks] = await Promise.all([crew.ask('metrics'), crew.ask('hooks')]);
      for (const [worker, snapshot] of answers) totals.heard(worker, snapshot);
      const answering = answers.size;
      const states = { answering, silent, missing: Math.max(0, workers - answering - silent) };
      const report = addUpHooks([...hooks.answers.values()]);
      const own = readWorkerMetrics({
        states,
        restarts: Math.max(0, crew.forks - workers),
        neverAsking: () => findTrapped(report).length,
        outdated: () => findOutdated(report).length,
      });
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
