/** Reports on one process, to its own pages or to the supervisor that has them. */

import { redactSteps } from '../../config/redact.ts';
import type { Config } from '../../config/schema.ts';
import { findOutdated, findTrapped, type HookReport, reportHooks } from '../../emqx/hook-report.ts';
import type { Outbox } from '../../events/outbox.ts';
import { inSlices } from '../../lib/slices.ts';
import { logLines } from '../../log/stderr.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { CallWatch } from '../../telemetry/call-watch.ts';
import { type MetricsSnapshot, openProcessMetrics, type ProcessMetrics } from '../../telemetry/prometheus.ts';
import type { ReloadTally } from '../../telemetry/reload-tally.ts';
import type { Listener } from '../../transport/listener.ts';
import type { TlsSettings } from '../../transport/tls.ts';
import type { ServerRuntime } from '../runtime/server-runtime.ts';
import type { AdminSource } from './page.ts';

/** The reports, as plain data that can be sent to another process. */
export interface Reports {
  readonly ready: boolean;
  readonly metrics: MetricsSnapshot;
  readonly config: unknown;
  readonly hooks: HookReport;
}

export type Topic = keyof Reports;

export type Reporter = { readonly [What in Topic]: () => Reports[What] | Promise<Reports[What]> };

export interface ReporterOptions {
  readonly watch: CallWatch;
  readonly listener: Pick<Listener, 'health' | 'load' | 'connections' | 'http2Errors'>;
  readonly outbox: Outbox;
  readonly live: Pick<ServerRuntime, 'counters' | 'nodes'>;
  /** The configuration in force. */
  readonly config: () => Config;
  /** The hooks that are not built in. */
  readonly custom: readonly HookName[];
  readonly reloads: ReloadTally;
  readonly tls: Pick<TlsSettings, 'expiry'> | undefined;
  /** Whether a supervisor started this process: it combines what single workers cannot report. */
  readonly isSupervised: boolean;
}

export interface OpenReporter {
  readonly reporter: Reporter;
  /** The same reports for the pages of a server without workers. */
  readonly source: AdminSource;
}

export async function openReporter(options: ReporterOptions): Promise<OpenReporter> {
  const { watch, listener, outbox, live, config, custom, reloads, tls, isSupervised } = options;
  const { health, load, connections, http2Errors } = listener;
  const hooks = (): HookReport => reportHooks(config(), custom, live.nodes);
  const metrics = await openProcessMetrics({
    watch,
    health,
    load,
    connections,
    http2Errors,
    outbox,
    live,
    reloads,
    tls,
    logLines,
    spoolLimit: config().spool?.maxBytes,
    neverAsking: () => (isSupervised ? undefined : findTrapped(hooks()).length),
    outdated: () => (isSupervised ? undefined : findOutdated(hooks()).length),
  });
  const reporter: Reporter = {
    ready: () => health.isReady,
    metrics: metrics.snapshot,
    config: () => inSlices(redactSteps(config())),
    hooks,
  };
  return { reporter, source: sourceOf(reporter, metrics) };
}

function sourceOf(reporter: Reporter, { expose }: ProcessMetrics): AdminSource {
  return {
    isReady: async () => reporter.ready(),
    metrics: expose,
    config: async () => reporter.config(),
    hooks: async () => reporter.hooks(),
  };
}
