/** The port for operators: HTTP/1, a few pages, and a token where one is configured. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Admin } from '../config/sections/admin.ts';
import { type Environment, readSecret } from '../lookup/secret.ts';
import type { Logger } from '../telemetry/log.ts';
import { configz } from './configz.ts';
import { healthz } from './healthz.ts';
import { hooksz } from './hooksz.ts';
import { metrics } from './metrics.ts';
import { type AdminSource, type Answer, type Page, textAnswer } from './page.ts';
import { readyz } from './readyz.ts';
import { carriesToken } from './token.ts';

export interface AdminServer {
  readonly address: AddressInfo;
  close(): void;
}

export interface AdminOptions {
  readonly admin: Admin;
  readonly source: AdminSource;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Where the token may be. */
  readonly env: Environment;
}

const pages: readonly Page[] = [metrics, healthz, readyz, configz, hooksz];

/** Pages are small: who takes longer than this, in milliseconds, to ask for one does not want it. */
const REQUEST_TIMEOUT = 10_000;

/** @throws Error that names the key of the configuration to change. */
export async function openAdminServer({ admin, source, log, env }: AdminOptions): Promise<AdminServer> {
  const token = await readToken(admin, env);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, (request, response) => {
    answer(request, source, token)
      .catch((error: Error) => {
        log.error({ err: error }, 'a page of the admin port failed');
        return textAnswer(500, 'this page failed; the log has the reason');
      })
      .then((given) => send(request, response, given));
  });
  await listen(server, admin);
  const address = server.address() as AddressInfo;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  log.info(`admin pages are at http://${host}:${address.port}`);
  if (token === undefined && !isLoopback(address.address))
    log.warn('whoever reaches the admin port can read its pages: set admin.token, or admin.host: 127.0.0.1');
  return {
    address,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  request: IncomingMessage,
  source: AdminSource,
  token: string | undefined,
): Promise<Answer> {
  const path = request.url?.split('?', 1)[0];
  const page = pages.find((candidate) => candidate.path === path);
  if (token !== undefined && page?.isOpen !== true && !carriesToken(request.headers.authorization, token))
    return textAnswer(401, 'send the token of admin.token: Authorization: Bearer TOKEN');
  if (page === undefined)
    return textAnswer(404, `There are these pages: ${pages.map((known) => known.path).join(' ')}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, 'pages can only be read');
  return await page.answer(source);
}

function send({ method }: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

async function readToken({ token }: Admin, env: Environment): Promise<string | undefined> {
  if (token === undefined) return undefined;
  try {
    return await readSecret(token, env);
  } catch (error) {
    throw new Error(`admin.token: ${(error as Error).message}`);
  }
}

async function listen(server: ReturnType<typeof createServer>, { host, port }: Admin): Promise<void> {
  server.listen({ port, host, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(explain(error as NodeJS.ErrnoException, host, port));
  }
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `admin.port: port ${port} is taken on ${host}; write another one`;
  if (code === 'EACCES') return `admin.port: port ${port} needs privileges; take one above 1023`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `admin.host: ${host} is not an address of this machine`;
  return `admin: ${message}`;
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
