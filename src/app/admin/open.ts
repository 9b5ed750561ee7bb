/**
 * Starts what `admin` configures: pages on their own port or a shared one, or answers to the supervisor that has the
 * pages.
 */
import type { AddressInfo } from 'node:net';
import type { Admin } from '../../config/sections/admin.ts';
import type { Environment } from '../../lib/secret.ts';
import type { Logger } from '../../log/log.ts';
import { openReporter, type ReporterOptions } from './reporter.ts';
import { hasOwnPort, openAdminServer } from './server.ts';
import { openSharedPages, type SharedPages } from './shared.ts';
import { answerSupervisor, askSupervisor } from './worker-channel.ts';

export interface OpenAdmin {
  /** Absent in a worker, and if the pages are on the brokers' port. */
  readonly address?: AddressInfo;
  /** Present if the pages are on the brokers' port. */
  readonly pages?: SharedPages;
  close(): void;
}

export interface OpenAdminOptions extends ReporterOptions {
  readonly admin: Admin;
  readonly log: Logger;
  readonly env: Environment;
}

/** @throws Error that names the configuration key to change. */
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
