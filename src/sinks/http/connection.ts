/** Sends the requests of a sink, with the shared HTTP client. */
import { HttpError } from '../../lib/http-client/http-error.ts';
import { loadHttpClient } from '../../lib/http-client/load.ts';
import { withTimeLimit } from '../../lib/with-timeout.ts';
import type { TlsClientOptions } from '../tls.ts';

export interface Request {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** As in the header; '' if there is none. */
  readonly retryAfter: string;
}

export interface Client {
  /** @throws Error that names the host and a code; never a path, a header or a body. */
  send(request: Request, signal: AbortSignal): Promise<Answer>;
  /** Closes all connections, those in use included. */
  close(): void;
}

export interface ClientOptions {
  readonly url: URL;
  readonly tls: TlsClientOptions | undefined;
  readonly maxSockets: number;
  /** Timeout of one exchange, in milliseconds. */
  readonly timeout: number;
}

/** Bytes of a response to read so its connection can be reused; the content is ignored. */
const MAX_ANSWER = 64 * 1024;

/** Creates the client. Await this when a sink is opened: it loads the library. */
export async function openClient({ url, tls, maxSockets, timeout }: ClientOptions): Promise<Client> {
  const { origin, host } = url;
  const { createHttpClient } = await loadHttpClient();
  const client = createHttpClient({ maxConnections: maxSockets, connectTimeout: timeout, tls });
  let isClosed = false;

  const exchange = async (request: Request, signal: AbortSignal): Promise<Answer> => {
    const answer = await client.send({ ...request, origin, signal, maxBytes: MAX_ANSWER });
    return { status: answer.status, retryAfter: answer.header('retry-after') };
  };

  /** The server may just have closed an idle connection: that says nothing about the service. */
  const exchangeOrAgain = async (request: Request, signal: AbortSignal): Promise<Answer> => {
    try {
      return await exchange(request, signal);
    } catch (error) {
      if (isClosed || !(error instanceof HttpError && error.wasStale)) throw error;
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
      client.close();
    },
  };
}

function describe(error: unknown, host: string, signal: AbortSignal, timeout: number): Error {
  const code = error instanceof HttpError ? error.code : 'unknown error';
  if (signal.aborted) return new Error(`the request to ${host} was cancelled`);
  if (code === 'ABORT_ERR') return new Error(`no answer from ${host} within ${timeout} ms`);
  return new Error(`no answer from ${host}: ${code}`);
}
