/** The server: one port, HTTP/2 and HTTP/1.1, the lean path and Connect's adapter. */
import { once } from 'node:events';
import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Failure } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { findRpc } from '../wire/rpc.ts';
import { Health as HealthService, protocols } from '../wire/services.ts';
import { createAcceptor } from './acceptor.ts';
import type { ConnectHandler } from './connect-adapter.ts';
import { type Connection, type ConnectionAge, Connections } from './connections.ts';
import { Health } from './health.ts';
import { Load } from './load.ts';
import { answerProbe } from './probes.ts';
import { statusTrailers } from './status.ts';
import type { TlsSettings } from './tls.ts';
import { respond, type UnaryContext, UnaryStream } from './unary.ts';
import { WaitingRoom } from './waiting.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly tls?: TlsSettings | undefined;
  /** Whether gRPC-Web and Connect are served besides gRPC and health. */
  readonly connect: boolean;
  /** Largest message, in bytes. */
  readonly messageBytes: number;
  /** Milliseconds in which a request body must have come. */
  readonly bodyTimeout: number;
  readonly deadlineFraction: number;
  readonly inFlight: number;
  readonly queuedBytes: number;
  readonly age?: ConnectionAge | undefined;
  /** Read for every call: a new configuration takes effect between two calls. */
  readonly shell: () => Shell;
  readonly received?: UnaryContext['received'];
  /** Told why a connection was refused, in words for the operator. */
  readonly refused: (reason: string) => void;
  /** For comparison only: whether brokers' calls take the lean path. */
  readonly lean?: boolean;
}

export interface Listener {
  readonly address: AddressInfo;
  readonly health: Health;
  readonly load: Load;
  readonly connections: Connections;
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

/** @throws when the port cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const load = new Load(options);
  const health = new Health([...protocols.map(({ service }) => service.typeName), HealthService.typeName]);
  const waiting = new WaitingRoom(options.bodyTimeout, options.inFlight);
  const connections = new Connections(load, options.age);
  const shutdown = new AbortController();
  const context: UnaryContext = {
    shell: options.shell,
    load,
    waiting,
    maxMessageBytes: options.messageBytes,
    deadlineFraction: options.deadlineFraction,
    received: options.received,
  };

  const loadConnect = lazily(async () => {
    const { createConnectHandler } = await import('./connect-adapter.ts');
    const { connect, bodyTimeout, deadlineFraction, shell } = options;
    const maxMessageBytes = options.messageBytes;
    return createConnectHandler({
      shell,
      health,
      load,
      maxMessageBytes,
      bodyTimeout,
      deadlineFraction,
      connect,
      shutdown: shutdown.signal,
    });
  });
  const serve = createFallback(health, loadConnect);
  const compat = createHttp2Server().on('request', serve);
  const http2 = createHttp2Server({
    maxSessionMemory: SESSION_MEMORY,
    settings: { initialWindowSize: WINDOW },
  });
  http2.on('session', (session: ServerHttp2Session) => connections.add(session));
  http2.on('stream', createStreamRouter(context, connections, compat, options.lean ?? true));
  const http1 = createHttp1Server(
    {
      requestTimeout: options.bodyTimeout,
      headersTimeout: options.bodyTimeout,
      connectionsCheckingInterval: 1_000,
    },
    serve,
  );
  // It never listens itself; this starts its own checks of slow requests.
  http1.emit('listening');

  const acceptor = createAcceptor({
    tls: options.tls,
    timeout: options.bodyTimeout,
    accept: (socket, spoken) => (spoken === 'http2' ? http2 : http1).emit('connection', socket),
    refused: options.refused,
  });
  acceptor.listen(options.port, options.host);
  await once(acceptor, 'listening');
  health.isServing = true;
  setImmediate(() => void loadConnect());

  return {
    address: acceptor.address() as AddressInfo,
    health,
    load,
    connections,
    announceDrain() {
      health.isServing = false;
    },
    async drain(patience) {
      health.isServing = false;
      acceptor.close();
      shutdown.abort();
      http1.close();
      http1.closeIdleConnections();
      await connections.drain(patience);
      waiting.close();
    },
    destroy() {
      acceptor.close();
      waiting.close();
      http1.close();
      http1.closeAllConnections();
      connections.destroy();
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
    const connection = connections.get(stream.session as ServerHttp2Session) as Connection;
    connection.began();
    const path = headers[':path'] as string;
    if (isUnaryGrpc(headers)) {
      const rpc = lean ? findRpc(path) : undefined;
      if (rpc !== undefined) return void new UnaryStream(stream, headers, rpc, connection, context);
      if (!isServed(path)) rejectUnknown(stream, context.shell());
    }
    stream.once('close', () => connection.ended());
    stream.on('error', ignoreError);
    if (!stream.headersSent) compat.emit('stream', stream, headers, flags, rawHeaders);
  };
}

/** The shape of brokers' requests: unary candidates for the lean path. */
function isUnaryGrpc(headers: IncomingHttpHeaders): boolean {
  if (headers[':method'] !== 'POST') return false;
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return false;
  const type = headers['content-type'] ?? '';
  return (
    type === 'application/grpc+proto' ||
    type === 'application/grpc' ||
    /^application\/grpc(\+proto)? *;/.test(type)
  );
}

function isServed(path: string): boolean {
  return path.startsWith(`/${HealthService.typeName}/`) || findRpc(path) !== undefined;
}

function rejectUnknown(stream: ServerHttp2Stream, shell: Shell): void {
  const failure = shell.failed(
    undefined,
    new Failure('unknown_method', 'there is no such service or method'),
  );
  respond(
    stream,
    { ':status': 200, 'content-type': 'application/grpc+proto' },
    undefined,
    statusTrailers(failure),
  );
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = ServerResponse | Http2ServerResponse;

function createFallback(health: Health, loadConnect: () => Promise<ConnectHandler>) {
  return (request: AnyRequest, response: AnyResponse): void => {
    if (answerProbe(request, response, health)) return;
    void loadConnect().then((handle) => {
      if (!handle(request, response)) answerNotFound(response);
    });
  };
}

function answerNotFound(response: AnyResponse): void {
  const { writeHead } = response as ServerResponse;
  writeHead.call(response, 404, { 'content-type': 'text/plain; charset=utf-8' });
  (response as ServerResponse).end('There is nothing here: this is an ExHook server. Try /healthz.\n');
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function ignoreError(): void {}
