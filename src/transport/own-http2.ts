/** Serves HTTP/2 with our own transport: sockets on one side, calls on the other. See docs/http2.md. */
import { TLSSocket } from 'node:tls';
import type { Connection } from './connections.ts';
import { Connection as Http2Connection } from './http2/connection.ts';
import type { Limits, RequestHandler } from './http2/interface.ts';
import type { RequestHead } from './http2/request-head.ts';
import type { Stream } from './http2/stream.ts';
import type { Exchange } from './http2/whole-exchange.ts';
import type { Http2, Http2Options } from './http2-options.ts';
import { answerWhole, beginCall, headerBlock } from './http2-unary.ts';
import { findRoute, type Route } from './route.ts';
import { SocketTransport } from './socket-transport.ts';
import { statusTrailers } from './status.ts';
import { StreamRequest } from './stream-request.ts';
import { StreamResponse } from './stream-response.ts';
import { failUnknown } from './unary-call.ts';
import { mustBeRead } from './unread.ts';

/** Connection window, in stream windows: room for that many streams that send large bodies at once. */
const CONNECTION_WINDOWS = 4;
/** Same as node:http2. */
const HEADER_LIST_BYTES = 65_535;
/** Interval of the check for slow peers, in milliseconds. */
const SWEEP_INTERVAL = 500;

export function createOwnHttp2(options: Http2Options): Http2 {
  const { connections, window, timeout, tally } = options;
  const limits: Limits = {
    streamWindow: window,
    connectionWindow: CONNECTION_WINDOWS * window,
    headerListBytes: HEADER_LIST_BYTES,
    timeout,
  };
  const open = new Set<Http2Connection>();
  const sweep = setInterval(() => {
    for (const one of open) one.checkTime();
  }, SWEEP_INTERVAL).unref();
  return {
    accept(socket) {
      const handler = new Requests(options, socket instanceof TLSSocket);
      const transport = new SocketTransport(socket);
      const http2 = new Http2Connection({ transport, handler, watcher: tally, limits });
      handler.connection = connections.add(socket, () => http2.leave(), socket.remoteAddress);
      open.add(http2);
      socket.once('close', () => open.delete(http2));
      transport.carry(http2, handler.connection.load);
    },
    connectionOf: (request) => (request instanceof StreamRequest ? request.connection : undefined),
    close: () => clearInterval(sweep),
  };
}

/** Handles the requests of one connection. */
class Requests implements RequestHandler {
  connection: Connection | undefined;
  readonly #options: Http2Options;
  readonly #isEncrypted: boolean;

  constructor(options: Http2Options, isEncrypted: boolean) {
    this.#options = options;
    this.#isEncrypted = isEncrypted;
  }

  whole(head: RequestHead, bytes: Uint8Array, start: number, end: number, exchange: Exchange): void {
    const route = this.#routeOf(head);
    const connection = this.connection as Connection;
    if (typeof route !== 'string') {
      answerWhole(route, head, bytes, start, end, exchange, connection, this.#options.context);
      return;
    }
    const request = this.#request(exchange.open());
    request.data(bytes, start, end);
    request.end();
    this.#handle(route, request);
  }

  begin(stream: Stream): void {
    const route = this.#routeOf(stream.head);
    if (typeof route !== 'string')
      beginCall(stream, route, this.connection as Connection, this.#options.context);
    else this.#handle(route, this.#request(stream));
  }

  #routeOf(head: RequestHead): Route {
    head.route ??= findRoute(head.headers, this.#options.lean);
    return head.route as Route;
  }

  #request(stream: Stream): StreamRequest {
    const connection = this.connection as Connection;
    const request = new StreamRequest(stream, connection, this.#isEncrypted);
    stream.consumer = request;
    connection.began();
    return request;
  }

  #handle(route: 'unknown' | 'other', request: StreamRequest): void {
    const response = new StreamResponse(request);
    response.once('close', () => request.connection.ended());
    if (route === 'unknown') this.#rejectUnknown(request, response);
    else this.#options.fallback(request, response);
  }

  #rejectUnknown({ stream }: StreamRequest, response: StreamResponse): void {
    const { context } = this.#options;
    const failure = failUnknown(context);
    stream.respond(headerBlock);
    response.addTrailers(statusTrailers(failure));
    response.end();
    mustBeRead(response, context.unread);
  }
}
