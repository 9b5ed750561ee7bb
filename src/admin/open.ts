/** Opens what `admin` configures: pages of its own, or, in a worker, answers to the supervisor that has them. */
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/schema.ts';
import type { Environment } from '../lookup/secret.ts';
import type { Logger } from '../telemetry/log.ts';
import { openReporter, type ReporterOptions } from './reporter.ts';
import { openAdminServer } from './server.ts';
import { answerSupervisor } from './worker-channel.ts';

export interface OpenAdmin {
  /** Absent in a worker. */
  readonly address?: AddressInfo;
  close(): void;
}

export interface OpenAdminOptions extends ReporterOptions {
  readonly admin: NonNullable<Config['admin']>;
  /** Whether a supervisor started this process. */
  readonly isSupervised: boolean;
  readonly log: Logger;
  readonly env: Environment;
}

/** @throws Error that names the key of the configuration to change. */
export async function openAdmin(options: OpenAdminOptions): Promise<OpenAdmin> {
  const { reporter, source } = await openReporter(options);
  if (options.isSupervised) return answerSupervisor(reporter, options.log);
  return await openAdminServer({ ...options, source });
}
