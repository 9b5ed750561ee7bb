/** The operators' port: HTTP/1, a few pages, and a token if one is configured. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Admin } from '../../config/sections/admin.ts';
import { listenFor } from '../../lib/listen.ts';
import type { Environment } from '../../lib/secret.ts';
import { addBrackets } from '../../lib/url-host.ts';
import type { Logger } from '../../log/log.ts';
import { createHostCheck } from '../../transport/host-check.ts';
import type { AdminSource } from './page.ts';
import { readToken } from './pages.ts';
import { createResponder } from './respond.ts';

export interface AdminServer {
  readonly address: AddressInfo;
  close(): void;
}

/** Pages on their own port. */
export type OwnPort = Admin & { readonly port: number };

export interface AdminOptions {
  readonly admin: OwnPort;
  readonly source: AdminSource;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Where to find the token. */
  readonly env: Environment;
}

/** Time to send a request, in milliseconds. Requests for pages are small. */
const REQUEST_TIMEOUT = 10_000;

/** Whether the pages have their own port. */
export function hasOwnPort(admin: Admin): admin is OwnPort {
  return admin.port !== 'shared';
}

/** @throws Error that names the configuration key to change. */
export async function openAdminServer({ admin, source, log, env }: AdminOptions): Promise<AdminServer> {
  const token = await readToken(admin, env);
  const respond = createResponder({
    token,
    checkHost: createHostCheck(admin.host, admin.hosts),
    answer: (page) => page.answer(source),
    log,
  });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, respond);
  const { host, port } = admin;
  const address = await listenFor('admin', server, { host, port });
  log.info(`admin pages are at http://${addBrackets(address.address)}:${address.port}`);
  if (token === undefined && !admin.open && !isLoopback(address.address))
    log.warn(
      'anyone who reaches the admin port can read its pages: set admin.token or admin.host: 127.0.0.1, or set admin.open: true if that is intended',
    );
  return {
    address,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
