/**
 * Sends requests with bodies of bytes over connections that are kept.
 *
 * Built on `node:http`: the global `fetch` takes no certificate authority, client certificate or limit of
 * connections without another package, rewrites paths and follows redirects unless told otherwise.
 */

import http from 'node:http';
import https from 'node:https';
import { removeBrackets } from '../../lib/url-host.ts';
import { withTimeLimit } from '../../lib/with-timeout.ts';
import type { TlsClientOptions } from '../tls.ts';

export interface Request {
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** As it stands in the header; '' when there is none. */
  readonly retryAfter: string;
}

export interface Client {
  /** @throws Error that names the host and a code; never a path, a header or a body. */
  send(request: Request, signal: AbortSignal): Promise<Answer>;
  /** Ends all connections, those in use included. */
  close(): void;
}

export interface ClientOptions {
  readonly url: URL;
  readonly tls: TlsClientOptions | undefined;
  readonly maxSockets: number;
  /** Milliseconds for one exchange. */
  readonly timeout: number;
}

export function createClient({ url, tls, maxSockets, timeout }: ClientOptions): Client {
  const { hostname, port, protocol, host } = url;
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, scheduling: 'lifo' } as const;
  const isTls = protocol === 'https:';
  const agent = isTls ? new https.Agent({ ...options, ...tls }) : new http.Agent(options);
  const target = {
    host: removeBrackets(hostname),
    port: port === '' ? undefined : Number(port),
    agent,
  };
  const start = isTls ? https.request : http.request;

  const exchange = (request: Request, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { method, path, headers, body } = request;
      const length = { 'content-length': String(body.byteLength) };
      const sent = start({ ...target, method, path, headers: { ...headers, ...length }, signal });
      sent.once('response', (response) => readAnswer(response).then(resolve, reject));
      sent.on('error', (error) => reject(Object.assign(error, { wasReused: sent.reusedSocket })));
      sent.end(body);
    });

  let isClosed = false;
  /** A kept connection may have been ended by the other side just now: that says nothing about the service. */
  const exchangeOrAgain = async (request: Request, signal: AbortSignal): Promise<Answer> => {
    try {
      return await exchange(request, signal);
    } catch (error) {
      if (isClosed || !wasEndedBefore(error)) throw error;
      return await exchange(request, signal);
    }
  };

  return {
    async send(request, signal) {
      if (isClosed) throw new Error('the sink is closed');
      try {
        return await withTimeLimit(signal, timeout, (limited) => exchangeOrAgain(request, limited));
      } catch (error) {
        throw describe(error, host, signal, timeout);
      }
    },
    close() {
      isClosed = true;
      agent.destroy();
    },
  };
}

function wasEndedBefore(error: unknown): boolean {
  const { code, wasReused = false } = error as { code?: string; wasReused?: boolean };
  return wasReused && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** Bytes of an answer that are read to keep its connection; nobody wants to know what it says. */
const MAX_ANSWER = 64 * 1024;

async function readAnswer(response: http.IncomingMessage): Promise<Answer> {
  let size = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER) break;
  }
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? '' };
}

/** Without the cause: Node's own errors may hold what was sent or received. */
function describe(error: unknown, host: string, signal: AbortSignal, timeout: number): Error {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  if (signal.aborted) return new Error(`the request to ${host} was given up`);
  if (code === 'ABORT_ERR') return new Error(`no answer from ${host} within ${timeout} ms`);
  return new Error(`no answer from ${host}: ${code}`);
}
