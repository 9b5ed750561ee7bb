/** A client for EMQX's REST API, version 5. Requests have a time limit, and error texts contain no secrets. */

import { type HttpResponse, openHttpClient } from '../lookup/http/http-client.ts';
import { Failure } from '../protocol/failure.ts';

export interface EmqxClientOptions {
  /** Base URL of the dashboard, such as `http://127.0.0.1:18083`. */
  readonly url: URL;
  /** An API key of the broker and its secret. */
  readonly key: string;
  readonly secret: string;
  /** Timeout of one request, in milliseconds. Default: 10 seconds. */
  readonly timeout?: number;
  /** CA certificate to trust instead of Node's own list, as PEM. */
  readonly ca?: string;
}

export interface EmqxClient {
  /** @param path below `/api/v5`, with the leading slash. @throws EmqxError */
  request(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown>;
  close(): void;
}

/** Thrown when a request returns nothing usable. The message says what to do. */
export class EmqxError extends Error {
  override readonly name = 'EmqxError';
  /** HTTP status of the response; 0 if there was none. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const API = '/api/v5';
const TIMEOUT = 10_000;
/** A list of sources contains the text of ACL files. */
const MAX_RESPONSE = 16 * 2 ** 20;

/** Creates the client. Await this before the port opens: it loads the HTTP library. */
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
      `${url.host} does not know this API key, or the secret is wrong: create a key in the dashboard under System > API Key`,
      status,
    );
  if (status === 403)
    throw new EmqxError(
      `this API key may not ${method} ${path}: use a key with the role administrator and, from EMQX 6.3 on, a matching scope`,
      status,
    );
  if (status < 200 || status > 299)
    throw new EmqxError(`${method} ${path} returned ${status}${detailOf(body)}`, status);
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new EmqxError(`${method} ${path} did not return JSON: is ${url.host} EMQX?`, status);
  }
}

/** Longest part of a broker's explanation to pass on, in characters. */
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
