/** Options of the HTTP/2 transports, and the interface that both implement. */
import type { Socket } from 'node:net';
import type { Connection, Connections } from './connections.ts';
import type { Fallback } from './fallback.ts';
import type { AnyRequest } from './http-message.ts';
import type { Http2Tally } from './http2-tally.ts';
import type { UnaryContext } from './unary-call.ts';

export interface Http2Options {
  readonly context: UnaryContext;
  readonly connections: Connections;
  /** Answers requests that are not brokers' calls. */
  readonly fallback: Fallback;
  /** Whether brokers' calls use the lean path. */
  readonly lean: boolean;
  /** Initial window of a stream, in bytes. */
  readonly window: number;
  /** Time for a frame to arrive and for an answer to be read, in milliseconds. */
  readonly timeout: number;
  readonly tally: Http2Tally;
}

export interface Http2 {
  /** Takes a connection that begins with the HTTP/2 preface. */
  accept(socket: Socket): void;
  /** Returns the connection of a request, if it is an HTTP/2 connection. */
  connectionOf(request: AnyRequest): Connection | undefined;
  /** Stops watching the connections. */
  close(): void;
}
