/**
 * Fetches texts from services over the shared HTTP client: limits the size of answers, and maps errors to
 * look-up failures.
 */
import { HttpError } from '../../lib/http-client/http-error.ts';
import { loadHttpClient } from '../../lib/http-client/load.ts';
import { mediaTypeName, parseMediaType } from '../../lib/media-type.ts';
import { Failure } from '../../protocol/failure.ts';

export interface HttpClientOptions {
  /** Most connections to one host. Default: 32; further requests wait. */
  readonly maxSockets?: number;
  /** Most bytes of an answer. Default: 64 KiB. */
  readonly maxResponseBytes?: number;
  /** Approximate time limit for connecting, in milliseconds. Default: 10,000. */
  readonly connectTimeout?: number;
  /** Certificate authorities to trust instead of Node's own, PEM. */
  readonly ca?: string;
  /** A client certificate and its key, PEM. */
  readonly cert?: string;
  readonly key?: string;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Media type without parameters, lower case; '' when there is none. */
  readonly contentType: string;
  readonly body: string;
}

/** An answer that exceeds the size limit; only its status is known. */
export class AnswerTooLarge extends Failure {
  readonly answerStatus: number;

  constructor(host: string, answerStatus: number) {
    super('lookup_failed', `no usable answer from ${host}: RESPONSE_TOO_LARGE`);
    this.answerStatus = answerStatus;
  }
}

export interface HttpClient {
  /**
   * @throws Failure `lookup_timeout` when the signal ends the exchange, `lookup_failed` otherwise. The message
   * names the host and an error code, never a path, a header or a body. `AnswerTooLarge` for an answer with too many bytes.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

const CONNECT_TIMEOUT = 10_000;

/** Opens the client. Await it before the port opens: it loads the HTTP library. */
export async function openHttpClient(options: HttpClientOptions = {}): Promise<HttpClient> {
  const { maxSockets = 32, maxResponseBytes = 64 * 1024, connectTimeout = CONNECT_TIMEOUT } = options;
  const { ca, cert, key } = options;
  const { createHttpClient } = await loadHttpClient();
  const client = createHttpClient({
    maxConnections: maxSockets,
    connectTimeout,
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  });

  return {
    async request({ method, url, headers, body, signal }) {
      const answer = await client
        .send({
          origin: url.origin,
          method,
          path: `${url.pathname}${url.search}`,
          headers: { ...credentialsOf(url), ...headers },
          body: body === undefined ? undefined : Buffer.from(body),
          signal,
          maxBytes: maxResponseBytes,
        })
        .catch((error) => {
          throw describe(error, url.host, signal);
        });
      if (answer.isTooLarge) throw new AnswerTooLarge(url.host, answer.status);
      const contentType = answer.header('content-type');
      return {
        status: answer.status,
        contentType: mediaTypeName(contentType),
        body: decodeText(answer.body, parseMediaType(contentType)?.parameters.get('charset')),
      };
    },
    close: () => client.close(),
  };
}

/** User and password of a URL are sent as Basic authentication. [RFC 7617] */
function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Decodes by the charset of the media type if known, else as UTF-8. Strips a byte order mark. */
function decodeText(bytes: Uint8Array, charset = 'utf-8'): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function describe(error: unknown, host: string, signal: AbortSignal): Failure {
  if (signal.aborted) return new Failure('lookup_timeout', `no answer from ${host} in time`);
  const code = error instanceof HttpError ? error.code : 'error';
  return new Failure('lookup_failed', `no usable answer from ${host}: ${code}`);
}
