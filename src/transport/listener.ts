/** The server: one port, HTTP/2 and HTTP/1.1, the lean path and Connect's adapter. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { call } from '../core/call.ts';
import type { Runtime } from '../core/runtime.ts';
import { mediaTypeName } from '../lib/media-type.ts';
import { Failure } from '../protocol/failure.ts';
import { findRpc } from '../protocol/wire/rpc.ts';
import { createAcceptor } from './acceptor.ts';
import type { CallFlow } from './call-flow.ts';
import type { ConnectHandler } from './connect-adapter.ts';
import type { Connection, Connections } from './connections.ts';
import { isKnownEncoding } from './frame.ts';
import { closeGracefully } from './goaway.ts';
import { isGrpcType } from './grpc-type.ts';
import { HEALTH_SERVICE, type Health } from './health.ts';
import { createHostCheck, explainHost } from './host-check.ts';
import { createHttp1 } from './http1.ts';
import { ConnectionInFlight } from './in-flight.ts';
import { createListenerState, type ListenerLimits, type ListenerState } from './listener-state.ts';
import { answerProbe } from './probes.ts';
import { dismiss, respond } from './respond.ts';
import { statusTrailers } from './status.ts';
import type { TlsSettings } from './tls.ts';
import { type UnaryContext, UnaryStream } from './unary.ts';
import { mustBeRead, type UnreadAnswers } from './unread.ts';

export interface ListenerOptions extends ListenerLimits {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Further names that requests other than gRPC may come by. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  readonly tls?: TlsSettings | undefined;
  /** Whether gRPC-Web and Connect are served besides gRPC and health. */
  readonly connect: boolean;
  readonly deadlineFraction: number;
  /** Default: made here. */
  readonly state?: ListenerState | undefined;
  /** Read for every call: a new configuration takes effect between two calls. */
  readonly runtime: () => Runtime;
  /** Stands in front of `call`. Default: `call` itself. */
  readonly call?: CallFlow | undefined;
  readonly received?: UnaryContext['received'];
  readonly answered?: UnaryContext['answered'];
  /** Answers a request that is no call, or returns `false`: pages for operators that share the port. Default: none. */
  readonly pages?: ((request: AnyRequest, response: AnyResponse) => boolean) | undefined;
  /** For comparison only: whether brokers' calls take the lean path. */
  readonly lean?: boolean;
}

export interface Listener extends ListenerState {
  readonly address: AddressInfo;
  /** Not ready any more; connections and calls are still taken. */
  announceDrain(): void;
  /**
   * Takes no new connections, answers what runs, and lets each connection go at a quiet moment.
   *
   * @param patience milliseconds that a busy connection may take to become quiet.
   */
  drain(patience: number): Promise<void>;
  /** Ends everything at once. */
  destroy(): void;
}

const MIB = 1024 * 1024;
/** Node counts its own buffers against this, in MiB, and resets new streams above it, which brokers do not notice. */
const SESSION_MEMORY = 256;
/** Bytes a broker may send on a stream before it hears from us: one round trip for most messages. */
const WINDOW = MIB;

/** Milliseconds after which Connect is loaded, when no request has needed it before. */
const IDLE = 500;

/** @throws when the port cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const state = options.state ?? createListenerState(options);
  const { health, load, connections, waiting, unread, watches, ending } = state;
  const flow = options.call ?? call;
  const context: UnaryContext = {
    runtime: options.runtime,
    call: flow,
    load,
    waiting,
    unread,
    maxMessageBytes: options.messageBytes,
    deadlineFraction: options.deadlineFraction,
    received: options.received,
    answered: options.answered,
  };

  const loadConnect = lazily(async () => {
    const { createConnectHandler } = await import('./connect-adapter.ts');
    const { connect, deadlineFraction, runtime } = options;
    return createConnectHandler({
      runtime,
      call: flow,
      health,
      load,
      loadOf: (request) => findConnection(request, connections)?.load ?? new ConnectionInFlight(load),
      waiting,
      unread,
      watches,
      ending,
      refused: options.refused,
      maxMessageBytes: options.messageBytes,
      deadlineFraction,
      connect,
    });
  });
  const serve = createFallback(health, loadConnect, unread, options);
  const compat = createHttp2Server().on('request', serve);
  const http2 = createHttp2Server({
    maxSessionMemory: SESSION_MEMORY,
    settings: { initialWindowSize: WINDOW },
  });
  let last: Socket | undefined;
  http2.on('session', (session: ServerHttp2Session) => {
    const socket = last as Socket;
    connections.add(session, () => closeGracefully(session, socket), socket.remoteAddress ?? '');
  });
  http2.on('stream', createStreamRouter(context, connections, compat, options.lean ?? true));
  const http1 = createHttp1(options.bodyTimeout, serve);
  const acceptor = createAcceptor({
    tls: options.tls,
    timeout: options.bodyTimeout,
    accept(socket, spoken) {
      // Its session is told of before this returns.
      last = socket;
      (spoken === 'http2' ? http2 : http1.server).emit('connection', socket);
    },
    refused: options.refused,
  });
  /** Those too that have not said yet what they speak. */
  const sockets = new Set<Socket>();
  acceptor.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  acceptor.listen(options.port, options.host);
  await once(acceptor, 'listening');
  health.isServing = true;
  // Brokers need none of it, and it would be a third of the start. The build has put it into a part whose code is read
  // before the port opens; see src/parts.ts.
  setTimeout(() => void loadConnect().catch(ignoreError), IDLE).unref();

  return {
    address: acceptor.address() as AddressInfo,
    ...state,
    announceDrain() {
      health.isServing = false;
    },
    async drain(patience) {
      health.isServing = false;
      acceptor.close();
      watches.close();
      await Promise.all([connections.drain(patience), http1.drain()]);
      waiting.close();
      unread.close();
      ending.close();
    },
    destroy() {
      acceptor.close();
      waiting.close();
      unread.close();
      ending.close();
      http1.destroy();
      connections.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

type StreamListener = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
) => void;

function createStreamRouter(
  context: UnaryContext,
  connections: Connections,
  compat: Http2Server,
  lean: boolean,
): StreamListener {
  return (stream, headers, flags, rawHeaders) => {
    // A stream that was reset in the packet that opened it has gone before it is announced, and so may its session.
    const connection = connections.get(stream.session as ServerHttp2Session);
    if (stream.destroyed || connection === undefined) return void stream.on('error', ignoreError);
    connection.began();
    const path = headers[':path'] as string;
    if (isGrpc(headers)) {
      const rpc = lean && isLean(headers) ? findRpc(path) : undefined;
      if (rpc !== undefined) return void new UnaryStream(stream, headers, rpc, connection, context);
      if (!isServed(path)) rejectUnknown(stream, context);
    }
    stream.once('close', () => connection.ended());
    stream.on('error', ignoreError);
    if (stream.headersSent) return;
    compat.emit('stream', stream, headers, flags, rawHeaders);
    // A request that is answered before its end would keep its stream open as long as the caller likes.
    stream.once('wantTrailers', () => discardRest(stream));
  };
}

/** Unread, the rest would keep its share of the window of the whole connection, and with it all later calls. */
function discardRest(stream: ServerHttp2Stream): void {
  if (stream.readableEnded) return;
  stream.removeAllListeners('data');
  stream.resume();
  dismiss(stream);
}

function findConnection(request: AnyRequest, connections: Connections): Connection | undefined {
  const session = 'stream' in request ? request.stream.session : undefined;
  return session && connections.get(session as ServerHttp2Session);
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  return headers[':method'] === 'POST' && isGrpcType(headers['content-type'] ?? '');
}

/** The shape of brokers' requests. */
function isLean(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && !isKnownEncoding(encoding as string)) return false;
  const type = headers['content-type'] as string;
  return isProto(type) || isProto(mediaTypeName(type));
}

function isProto(type: string): boolean {
  return type === 'application/grpc+proto' || type === 'application/grpc';
}

const healthPaths = new Set(['Check', 'Watch'].map((name) => `/${HEALTH_SERVICE}/${name}`));

function isServed(path: string): boolean {
  return healthPaths.has(path) || findRpc(path) !== undefined;
}

function rejectUnknown(stream: ServerHttp2Stream, { runtime, unread }: UnaryContext): void {
  const failure = runtime().failed(
    undefined,
    new Failure('unknown_method', 'there is no such service or method'),
  );
  respond(
    stream,
    { ':status': 200, 'content-type': 'application/grpc+proto' },
    undefined,
    statusTrailers(failure),
  );
  // As in discardRest.
  stream.resume();
  mustBeRead(stream, unread);
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = ServerResponse | Http2ServerResponse;

function createFallback(
  health: Health,
  loadConnect: () => Promise<ConnectHandler>,
  unread: UnreadAnswers,
  { pages, host, hosts = [], refused }: ListenerOptions,
) {
  const check = createHostCheck(host, hosts);
  return (request: AnyRequest, response: AnyResponse): void => {
    if (answerProbe(request, response, health) || pages?.(request, response)) {
      mustBeRead(response, unread);
      return;
    }
    const problem = check(request);
    if (problem !== undefined) {
      refused(explainHost(problem, 'listen.hosts'));
      answerForbidden(response, explainHost(problem, 'listen.hosts'));
      mustBeRead(response, unread);
      return;
    }
    void loadConnect()
      .then((handle) => {
        if (handle(request, response)) return;
        answerNotFound(response);
        mustBeRead(response, unread);
      })
      // The peer has gone while Connect was being loaded.
      .catch(() => response.destroy());
  };
}

function answerForbidden(response: AnyResponse, text: string): void {
  const { writeHead } = response as ServerResponse;
  writeHead.call(response, 403, { 'content-type': 'text/plain; charset=utf-8' });
  (response as ServerResponse).end(`${text}\n`);
}

function answerNotFound(response: AnyResponse): void {
  const { writeHead } = response as ServerResponse;
  writeHead.call(response, 404, { 'content-type': 'text/plain; charset=utf-8' });
  (response as ServerResponse).end('There is nothing here: this is an ExHook server. Try /healthz.\n');
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function ignoreError(): void {}
