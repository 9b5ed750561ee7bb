/**
 * A small HTTP client for look-ups: kept-alive connections, limited in number; a deadline for the whole
 * exchange; answers limited in size; redirects not followed, since they would carry credentials to a place
 * that nobody configured.
 *
 * Built on `node:http`, because the global `fetch` takes neither a CA nor a limit of connections.
 */
import http from 'node:http';
import https from 'node:https';
import { mediaTypeName, parseMediaType } from '../../lib/media-type.ts';
import { Failure } from '../../protocol/failure.ts';

export interface HttpClientOptions {
  /** Most connections to one host. Default: 32; further requests wait. */
  readonly maxSockets?: number;
  /** Most bytes of an answer. Default: 64 KiB. */
  readonly maxResponseBytes?: number;
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

/** An answer with more bytes than allowed; only its status is known. */
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

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { maxSockets = 32, maxResponseBytes = 64 * 1024, ca, cert, key } = options;
  const shared = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, scheduling: 'lifo' } as const;
  const plain = new http.Agent(shared);
  const tls = new https.Agent({ ...shared, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });

  return {
    async request(request) {
      try {
        return await exchange(request, maxResponseBytes, plain, tls);
      } catch (error) {
        throw describe(error, request);
      }
    },
    close() {
      plain.destroy();
      tls.destroy();
    },
  };
}

function exchange(
  request: HttpRequest,
  maxBytes: number,
  plain: http.Agent,
  tls: https.Agent,
): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  const isTls = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const send = isTls ? https.request : http.request;
    const sent = send(url, {
      method,
      headers: { ...headers, ...lengthOf(body) },
      agent: isTls ? tls : plain,
      signal,
    });
    sent.once('error', reject);
    sent.once('response', (response) => readResponse(response, maxBytes, url.host).then(resolve, reject));
    // As bytes: Node writes headers and a body of text together, and the headers as UTF-8 for a second time.
    sent.end(body === undefined ? undefined : Buffer.from(body));
  });
}

/** Without it Node would send a body in chunks, which some small servers do not read. */
function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

async function readResponse(
  response: http.IncomingMessage,
  maxBytes: number,
  host: string,
): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the response, and with it the connection.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new AnswerTooLarge(host, response.statusCode ?? 0);
    chunks.push(chunk);
  }
  const contentType = response.headers['content-type'] ?? '';
  return {
    status: response.statusCode ?? 0,
    contentType: mediaTypeName(contentType),
    body: decodeText(Buffer.concat(chunks), parseMediaType(contentType)?.parameters.get('charset')),
  };
}

/** By the charset of the media type if it is known, else as UTF-8. A byte order mark is no part of the text. */
function decodeText(bytes: Uint8Array, charset = 'utf-8'): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** Without the cause: Node's own errors may hold what was received. */
function describe(error: unknown, { url, signal }: HttpRequest): Failure {
  if (signal.aborted) return new Failure('lookup_timeout', `no answer from ${url.host} in time`);
  if (error instanceof AnswerTooLarge) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
  return new Failure('lookup_failed', `no usable answer from ${url.host}: ${code}`);
}
