/** Opens what `admin` configures: pages of its own, on one port or another, or answers to the supervisor that has them. */
import type { AddressInfo } from 'node:net';
import type { Admin } from '../../config/sections/admin.ts';
import type { Environment } from '../../lib/secret.ts';
import type { Logger } from '../../log/log.ts';
import { openReporter, type ReporterOptions } from './reporter.ts';
import { hasOwnPort, openAdminServer } from './server.ts';
import { openSharedPages, type SharedPages } from './shared.ts';
import { answerSupervisor, askSupervisor } from './worker-channel.ts';

export interface OpenAdmin {
  /** Absent in a worker, and where the port of brokers has the pages. */
  readonly address?: AddressInfo;
  /** Present where the port of brokers has them. */
  readonly pages?: SharedPages;
  close(): void;
}

export interface OpenAdminOptions extends ReporterOptions {
  readonly admin: Admin;
  readonly log: Logger;
  readonly env: Environment;
}

/** @throws Error that names the key of the configuration to change. */
export async function openAdmin(options: OpenAdminOptions): Promise<OpenAdmin> {
  const { admin, isSupervised, log } = options;
  const { listen } = options.config();
  const { reporter, source } = await openReporter(options);
  if (!isSupervised) {
    if (hasOwnPort(admin)) return await openAdminServer({ ...options, admin, source });
    return {
      pages: await openSharedPages({ ...options, listen, answer: (page) => page.answer(source) }),
      close() {},
    };
  }
  const channel = answerSupervisor(reporter, log);
  if (hasOwnPort(admin)) return channel;
  const supervisor = askSupervisor();
  const close = (): void => {
    channel.close();
    supervisor.close();
  };
  return { pages: await openSharedPages({ ...options, listen, answer: supervisor.ask }), close };
}
