/** The port of the inspector: HTTP/1.1, the page, and the API behind a token. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenFor } from '../../lib/listen.ts';
import { addBrackets } from '../../lib/url-host.ts';
import type { Logger } from '../../log/log.ts';
import { createAdmit } from './admit.ts';
import { asRequestError, type Headers, jsonText, securityHeaders, send, TextAnswer } from './answer.ts';
import { RequestError } from './api-error.ts';
import type { Asset } from './assets.ts';
import { MAX_BODY, readBody } from './body.ts';
import { createRouter, type Endpoint } from './router.ts';

export interface InspectorServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly endpoints: readonly Endpoint[];
  readonly assets: ReadonlyMap<string, Asset>;
  readonly isDev: boolean;
  /** A WebSocket of the dev broker that the page may open. */
  readonly ws?: string | undefined;
  readonly log: Pick<Logger, 'error'>;
}

export interface InspectorServer {
  readonly address: AddressInfo;
  /** Where a browser of this machine finds it, without the token. */
  readonly origin: string;
  close(): void;
}

/** Milliseconds in which a request must have come as a whole, bodies included. */
const REQUEST_TIMEOUT = 30_000;
/** Connections at most: five pages, each with a stream and a few requests. */
const MAX_CONNECTIONS = 64;

/** @throws Error that names the key of the configuration to change. */
export async function openServer(options: InspectorServerOptions): Promise<InspectorServer> {
  const { host, port } = options;
  const respond = createResponder(options);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT }, respond);
  server.maxConnections = MAX_CONNECTIONS;
  const address = await listenFor('inspector', server, { host, port });
  return {
    address,
    origin: `http://${addBrackets(reachable(address.address))}:${address.port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An address of every interface is one of this machine, too. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

function createResponder(options: InspectorServerOptions): Respond {
  const { token, host, endpoints, assets, isDev, log } = options;
  const admit = createAdmit({ host, token });
  const route = createRouter(endpoints);
  const headers = securityHeaders(options.ws);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request;
    const url = readUrl(request.url);
    const isApi = url.pathname === '/api' || url.pathname.startsWith('/api/');
    admit(request, isApi);
    if (!isApi) return sendAsset(request, response, url.pathname, assets, headers);
    const { endpoint, params } = route(method, url.pathname);
    if (endpoint.isDev === true && !isDev) throw new RequestError('not_here', 'this is for exhook dev only');
    const isRead = method === 'GET' || method === 'HEAD';
    const body = isRead ? Buffer.alloc(0) : await readBody(request, endpoint.maxBody ?? MAX_BODY);
    const left = new AbortController();
    response.once('close', () => left.abort());
    const asked = { params, query: url.searchParams, body, signal: left.signal, request, response };
    sendAnswer(response, await endpoint.answer(asked), headers, method === 'HEAD');
  }

  return (request, response) => {
    // A peer that goes while it is answered is no fault of ours.
    request.on('error', () => {});
    response.on('error', () => {});
    answer(request, response).catch((error: unknown) => {
      const refusal = asRequestError(error);
      if (refusal.code === 'internal') log.error({ err: error }, 'a request to the inspector failed');
      refuse(request, response, refusal, headers);
    });
  };
}

function readUrl(text = '/'): URL {
  const url =
    text.startsWith('/') && URL.canParse(`http://here${text}`) ? new URL(`http://here${text}`) : undefined;
  if (url === undefined) throw new RequestError('bad_request', 'the path of the request cannot be read');
  return url;
}

function sendAnswer(response: ServerResponse, answer: unknown, headers: Headers, isHead: boolean): void {
  if (answer === undefined) return;
  if (!(answer instanceof TextAnswer)) {
    send(response, 200, { ...headers, 'content-type': 'application/json' }, jsonText(answer), isHead);
    return;
  }
  const { type, body, file } = answer;
  const saved = file === undefined ? {} : { 'content-disposition': `attachment; filename="${file}"` };
  send(response, 200, { ...headers, ...saved, 'content-type': type }, body, isHead);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: RequestError,
  headers: Headers,
): void {
  // The rest of an unread body ends with the connection.
  const isUnread = !request.complete;
  const more = {
    ...(error.status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(isUnread && { connection: 'close' }),
  };
  send(response, error.status, { ...headers, ...more, 'content-type': 'application/json' }, jsonText(error));
  if (isUnread) response.once('finish', () => request.destroy());
}

function sendAsset(
  { method = 'GET' }: IncomingMessage,
  response: ServerResponse,
  path: string,
  assets: ReadonlyMap<string, Asset>,
  headers: Headers,
): void {
  if (method !== 'GET' && method !== 'HEAD') throw new RequestError('wrong_method', 'this path takes GET');
  const asset = assets.get(path === '/' ? '/index.html' : path) ?? assets.get(path);
  if (asset === undefined) throw new RequestError('not_found', 'there is no such path');
  send(response, 200, { ...headers, 'content-type': asset.type }, asset.body, method === 'HEAD');
}
