/** Serves HTTP/2 with node:http2, for `listen.http2: node`: the transport of the first releases, kept as a fallback. */
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Connection } from './connections.ts';
import type { Fallback } from './fallback.ts';
import { closeGracefully } from './goaway.ts';
import type { AnyRequest } from './http-message.ts';
import type { Http2, Http2Options } from './http2-options.ts';
import { dismiss, respond } from './respond.ts';
import { findRoute } from './route.ts';
import { statusTrailers } from './status.ts';
import { StreamRequest } from './stream-request.ts';
import { UnaryStream } from './unary.ts';
import { failUnknown, type UnaryContext } from './unary-call.ts';
import { mustBeRead } from './unread.ts';

/**
 * Node counts its own buffers against this limit, in MiB. Above it, Node resets new streams, which brokers do not
 * notice.
 */
const SESSION_MEMORY = 256;

export function createNodeHttp2({ context, connections, fallback, lean, window }: Http2Options): Http2 {
  const compat = createServer().on('request', fallback as Fallback);
  const server = createServer({
    maxSessionMemory: SESSION_MEMORY,
    settings: { initialWindowSize: window },
  });
  const bySession = new Map<ServerHttp2Session, Connection>();
  let last: Socket | undefined;
  server.on('session', (session: ServerHttp2Session) => {
    const socket = last as Socket;
    bySession.set(
      session,
      connections.add(session, () => closeGracefully(session, socket), socket.remoteAddress),
    );
    session.once('close', () => bySession.delete(session));
  });
  server.on('stream', createStreamRouter(context, bySession, compat, lean));
  return {
    accept(socket) {
      // Node emits its session before this returns.
      last = socket;
      server.emit('connection', socket);
    },
    connectionOf(request) {
      return findConnection(request, bySession);
    },
    close() {},
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
  connections: ReadonlyMap<ServerHttp2Session, Connection>,
  compat: Http2Server,
  lean: boolean,
): StreamListener {
  return (stream, headers, flags, rawHeaders) => {
    // A stream that was reset in the packet that opened it is gone before it is announced; its session may be gone too.
    const connection = connections.get(stream.session as ServerHttp2Session);
    if (stream.destroyed || connection === undefined) return void stream.on('error', ignoreError);
    connection.began();
    const route = findRoute(headers, lean);
    if (typeof route !== 'string') return void new UnaryStream(stream, headers, route, connection, context);
    if (route === 'unknown') rejectUnknown(stream, context);
    stream.once('close', () => connection.ended());
    stream.on('error', ignoreError);
    if (stream.headersSent) return;
    compat.emit('stream', stream, headers, flags, rawHeaders);
    // A request answered before its end would keep its stream open as long as the caller likes.
    stream.once('wantTrailers', () => discardRest(stream));
  };
}

/** Reads the rest: unread, it would keep its share of the connection's window, and block all later calls. */
function discardRest(stream: ServerHttp2Stream): void {
  if (stream.readableEnded) return;
  stream.removeAllListeners('data');
  stream.resume();
  dismiss(stream);
}

function findConnection(
  request: AnyRequest,
  connections: ReadonlyMap<ServerHttp2Session, Connection>,
): Connection | undefined {
  if (request instanceof StreamRequest || !('stream' in request)) return undefined;
  return connections.get(request.stream.session as ServerHttp2Session);
}

function rejectUnknown(stream: ServerHttp2Stream, context: UnaryContext): void {
  respond(
    stream,
    { ':status': 200, 'content-type': 'application/grpc+proto' },
    undefined,
    statusTrailers(failUnknown(context)),
  );
  // See discardRest.
  stream.resume();
  mustBeRead(stream, context.unread);
}

function ignoreError(): void {}
