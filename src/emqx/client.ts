/** EMQX's REST API, version 5: requests with a time limit, whose problems are sentences without secrets. */

import { type HttpResponse, openHttpClient } from '../lookup/http/http-client.ts';
import { Failure } from '../protocol/failure.ts';

export interface EmqxClientOptions {
  /** Where the dashboard listens, such as `http://127.0.0.1:18083`. */
  readonly url: URL;
  /** An API key of the broker, and its secret. */
  readonly key: string;
  readonly secret: string;
  /** Milliseconds for one request. Default: 10 seconds. */
  readonly timeout?: number;
  /** A certificate authority to trust instead of Node's own, PEM. */
  readonly ca?: string;
}

export interface EmqxClient {
  /** @param path below `/api/v5`, with its slash. @throws EmqxError */
  request(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown>;
  close(): void;
}

/** A request that gave nothing to work with. The message says what to do. */
export class EmqxError extends Error {
  override readonly name = 'EmqxError';
  /** The status of the answer; 0 when there was none. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const API = '/api/v5';
const TIMEOUT = 10_000;
/** A list of sources has the text of ACL files in it. */
const MAX_RESPONSE = 16 * 2 ** 20;

/** To be awaited before the port opens: it loads the HTTP client. */
export async function openEmqxClient(options: EmqxClientOptions): Promise<EmqxClient> {
  const { url, key, secret, timeout = TIMEOUT, ca } = options;
  const http = await openHttpClient({ maxSockets: 4, maxResponseBytes: MAX_RESPONSE, ...(ca && { ca }) });
  const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
  return {
    async request(method, path, body) {
      const response = await http
        .request({
          method,
          url: new URL(`${API}${path}`, url),
          headers: {
            accept: 'application/json',
            authorization,
            ...(body && { 'content-type': 'application/json' }),
          },
          ...(body && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(timeout),
        })
        .catch((error) => {
          throw new EmqxError(explainSilence(error, url), 0);
        });
      return read(response, method, path, url);
    },
    close: () => http.close(),
  };
}

function explainSilence(error: unknown, url: URL): string {
  const message = error instanceof Failure ? error.message : `no usable answer from ${url.host}`;
  return `${message}. Is this the address of EMQX's dashboard and REST API (port 18083 by default), with the right scheme?`;
}

function read({ status, body }: HttpResponse, method: string, path: string, url: URL): unknown {
  if (status === 401)
    throw new EmqxError(
      `${url.host} does not know this API key, or its secret is wrong: make one in the dashboard under System > API Key`,
      status,
    );
  if (status === 403)
    throw new EmqxError(
      `this API key may not ${method} ${path}: use one with the role administrator and, from EMQX 6.3 on, a scope that has it`,
      status,
    );
  if (status < 200 || status > 299)
    throw new EmqxError(`${method} ${path} was answered ${status}${detailOf(body)}`, status);
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new EmqxError(
      `${method} ${path} was answered with something else than JSON: is ${url.host} EMQX?`,
      status,
    );
  }
}

/** Longest explanation of a broker that is passed on. */
const MAX_DETAIL = 300;

/** EMQX explains itself as `{ code, message }`. */
function detailOf(body: string): string {
  try {
    const { code, message } = JSON.parse(body) as { code?: unknown; message?: unknown };
    const parts = [code, message].filter((part) => typeof part === 'string' && part !== '');
    return parts.length === 0 ? '' : ` (${parts.join(': ').replace(/\s+/g, ' ').slice(0, MAX_DETAIL)})`;
  } catch {
    return '';
  }
}
