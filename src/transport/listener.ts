/** The server: one port with HTTP/2 and HTTP/1.1, the lean path and Connect's adapter. */

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
  /** 0 picks a free port. */
  readonly port: number;
  /** Further host names for requests other than gRPC. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  readonly tls?: TlsSettings | undefined;
  /** Whether to serve gRPC-Web and Connect besides gRPC and health. */
  readonly connect: boolean;
  readonly deadlineFraction: number;
  /** Default: created here. */
  readonly state?: ListenerState | undefined;
  /** Read for every call: a new configuration takes effect between two calls. */
  readonly runtime: () => Runtime;
  /** Wraps `call`. Default: `call` itself. */
  readonly call?: CallFlow | undefined;
  readonly received?: UnaryContext['received'];
  readonly answered?: UnaryContext['answered'];
  /** Answers a request that is not a call, or returns `false`: operators' pages on the same port. Default: none. */
  readonly pages?: AnswerPage | undefined;
  /** The HTTP/2 transport: our own, or node:http2. Default: `own`. */
  readonly http2?: 'own' | 'node' | undefined;
  /** For comparisons only: whether brokers' calls use the lean path. */
  readonly lean?: boolean;
}

export interface Listener extends ListenerState {
  readonly address: AddressInfo;
  /** Reports not ready; still accepts connections and calls. */
  announceDrain(): void;
  /**
   * Stops accepting connections, answers running calls, and closes each connection at a quiet moment.
   *
   * @param patience milliseconds that a busy connection may take to become quiet.
   */
  drain(patience: number): Promise<void>;
  /** Closes everything at once. */
  destroy(): void;
}

const MIB = 1024 * 1024;
/** Initial stream window, in bytes: one round trip for most messages. */
const WINDOW = MIB;

/** Delay before Connect is loaded if no request needs it earlier, in milliseconds. */
const IDLE = 500;

/** Minimum time for a whole HTTP/2 frame to arrive, in milliseconds. */
const SHORTEST_FRAME = 10_000;

/** @throws if the port cannot be opened. */
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
  /** Include connections that have not sent anything yet. */
  const sockets = new Set<Socket>();
  acceptor.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  acceptor.listen(options.port, options.host);
  await once(acceptor, 'listening');
  health.isServing = true;
  // Brokers do not need Connect, and loading it would take a third of the start. The build puts it into a part whose
  // code is read before the port opens; see src/parts.ts.
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

/** Node's HTTP/2 takes time to load, and our own transport does not need it. */
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

/** A request that needs it reports the error again. */
function ignoreError(): void {}
