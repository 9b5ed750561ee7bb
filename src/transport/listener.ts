/** The server: one port, HTTP/2 and HTTP/1.1, the lean path and Connect's adapter. */

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { call } from '../core/call.ts';
import type { Runtime } from '../core/runtime.ts';
import { createAcceptor } from './acceptor.ts';
import type { CallFlow } from './call-flow.ts';
import { type AnswerPage, createFallback } from './fallback.ts';
import { createHttp1 } from './http1.ts';
import type { Http2, Http2Options } from './http2-options.ts';
import { ConnectionInFlight } from './in-flight.ts';
import { createListenerState, type ListenerLimits, type ListenerState } from './listener-state.ts';
import { createOwnHttp2 } from './own-http2.ts';
import type { TlsSettings } from './tls.ts';
import type { UnaryContext } from './unary-call.ts';

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
  readonly pages?: AnswerPage | undefined;
  /** Who speaks HTTP/2: our own transport, or node:http2. Default: `own`. */
  readonly http2?: 'own' | 'node' | undefined;
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
/** Bytes a broker may send on a stream before it hears from us: one round trip for most messages. */
const WINDOW = MIB;

/** Milliseconds after which Connect is loaded, when no request has needed it before. */
const IDLE = 500;

/** Milliseconds that a frame of HTTP/2 has at least to come as a whole. */
const SHORTEST_FRAME = 10_000;

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
      loadOf: (request) => http2.connectionOf(request)?.load ?? new ConnectionInFlight(load),
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
  const fallback = createFallback({ ...options, health, unread, loadConnect });
  const http2 = await openHttp2(options.http2 ?? 'own', {
    context,
    connections,
    fallback,
    lean: options.lean ?? true,
    window: WINDOW,
    timeout: Math.max(options.bodyTimeout, SHORTEST_FRAME),
    tally: state.http2Errors,
  });
  const http1 = createHttp1(options.bodyTimeout, fallback);
  const acceptor = createAcceptor({
    tls: options.tls,
    timeout: options.bodyTimeout,
    accept(socket, spoken) {
      if (spoken === 'http2') http2.accept(socket);
      else http1.server.emit('connection', socket);
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
      http2.close();
    },
    destroy() {
      acceptor.close();
      waiting.close();
      unread.close();
      ending.close();
      http2.close();
      http1.destroy();
      connections.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Node's takes its time to load, and is not needed for our own. */
async function openHttp2(which: 'own' | 'node', options: Http2Options): Promise<Http2> {
  if (which === 'own') return createOwnHttp2(options);
  const { createNodeHttp2 } = await import('./node-http2.ts');
  return createNodeHttp2(options);
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

/** Said again when a request needs it. */
function ignoreError(): void {}
