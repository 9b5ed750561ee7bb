/** An HTTP service that records its requests, also while it is stopped. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { freePort } from '../../../scripts/free-port.mjs';

export interface Taken {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What to answer; nothing is 204. `hang`: no answer. `lose`: takes the request, and ends the connection. */
export type Answering =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'lose';

export interface HttpService {
  readonly port: number;
  /** The requests that were answered with a status of success, or whose answer was lost. */
  readonly taken: readonly Taken[];
  /** All others too. */
  readonly seen: readonly Taken[];
  /** Connections that were made so far. */
  readonly connections: number;
  answer: (request: Taken) => Answering | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Kills everything abruptly. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** @param tls with it, only https. */
export async function startHttpService(tls?: ServerOptions): Promise<HttpService> {
  const taken: Taken[] = [];
  const seen: Taken[] = [];
  let connections = 0;
  const port = await freePort();
  let server: Server | undefined;

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = await read(request).catch(() => undefined);
    if (one === undefined) return;
    seen.push(one);
    const answering = service.answer(one) ?? { status: 204 };
    if (answering === 'hang') return;
    const isSuccess = answering === 'lose' || answering.status < 300;
    if (isSuccess && one.method !== 'HEAD') taken.push(one);
    if (answering === 'lose') return void request.socket.destroy();
    response.writeHead(answering.status, answering.headers).end();
  };

  const end = async (): Promise<void> => {
    const ending = server;
    server = undefined;
    if (ending === undefined) return;
    const closed = new Promise((resolve) => ending.close(resolve));
    ending.closeAllConnections();
    await closed;
  };

  const service: HttpService = {
    port,
    taken,
    seen,
    get connections() {
      return connections;
    },
    answer: () => undefined,
    async start() {
      const handler = (request: IncomingMessage, response: ServerResponse) =>
        void onRequest(request, response);
      const starting = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
      starting.on('connection', () => connections++);
      await new Promise<void>((resolve, reject) => {
        starting.once('error', reject).listen(port, '127.0.0.1', resolve);
      });
      server = starting;
    },
    stop: end,
    kill: end,
    close: end,
  };
  await service.start();
  return service;
}

async function read(request: IncomingMessage): Promise<Taken> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks) };
}
