/**
 * The shared HTTP client, for look-ups, sinks and the broker's API: pooled connections, limited in number; no
 * redirects, which would carry credentials to a place that is not configured; no proxies; bodies as bytes,
 * limited in size.
 *
 * Built on undici: the global `fetch` supports neither certificate authorities nor connection limits, and
 * follows redirects. Loaded by `load.ts`.
 */
import { createConnector, type HttpTls } from './connector.ts';
import { Exchange, type HttpAnswer } from './exchange.ts';
import { writeHeaders } from './headers.ts';
import { HttpError } from './http-error.ts';
import { Pool } from './undici.ts';

export interface HttpClientOptions {
  /** Most connections to one origin; further requests wait. */
  readonly maxConnections: number;
  /** Approximate time limit for connecting, in milliseconds. */
  readonly connectTimeout: number;
  readonly tls?: HttpTls | undefined;
}

export interface HttpRequest {
  /** Such as `https://example.com:8443`. */
  readonly origin: string;
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** Values in Latin-1. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** Most bytes of the answer's body. */
  readonly maxBytes: number;
}

export interface HttpClient {
  /** Sends a request. @throws HttpError; with the code `ABORT_ERR` when the signal ends the exchange. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes all connections, those in use included. */
  close(): void;
}

/** Milliseconds that an idle connection is kept, unless the server says less. */
const KEEP_ALIVE = 600_000;
/** Milliseconds by which the server's keep-alive time is shortened. */
const KEEP_ALIVE_MARGIN = 1000;

export function createHttpClient({ maxConnections, connectTimeout, tls }: HttpClientOptions): HttpClient {
  const { connect, toHttpError } = createConnector(connectTimeout, tls);
  const pools = new Map<string, Pool>();
  let isClosed = false;

  const openPool = (origin: string): Pool => {
    const pool = new Pool(origin, {
      connections: maxConnections,
      connect,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN,
      // Signals limit the time.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    pools.set(origin, pool);
    return pool;
  };

  return {
    send: ({ origin, method, path, headers, body, signal, maxBytes }) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new HttpError('ECONNRESET'));
        if (signal.aborted) return reject(new HttpError('ABORT_ERR'));
        const exchange = new Exchange({ signal, maxBytes, toHttpError, resolve, reject });
        const pool = pools.get(origin) ?? openPool(origin);
        pool.dispatch(
          { method: method as 'GET', path, headers: writeHeaders(headers), body: body ?? null },
          exchange,
        );
      }),
    close() {
      isClosed = true;
      for (const pool of pools.values()) pool.destroy().catch(() => undefined);
    },
  };
}
