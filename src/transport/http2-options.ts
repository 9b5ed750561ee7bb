/** What speaks HTTP/2 on a server's connections, and what it is given. */
import type { Socket } from 'node:net';
import type { Connection, Connections } from './connections.ts';
import type { Fallback } from './fallback.ts';
import type { AnyRequest } from './http-message.ts';
import type { Http2Tally } from './http2-tally.ts';
import type { UnaryContext } from './unary-call.ts';

export interface Http2Options {
  readonly context: UnaryContext;
  readonly connections: Connections;
  /** Answers what is no broker's call. */
  readonly fallback: Fallback;
  /** Whether brokers' calls take the lean path. */
  readonly lean: boolean;
  /** Bytes that a peer may send on a stream before it hears from us. */
  readonly window: number;
  /** Milliseconds in which a frame must have come, and an answer must have been read. */
  readonly timeout: number;
  readonly tally: Http2Tally;
}

export interface Http2 {
  /** A connection that has begun with the preface of HTTP/2. */
  accept(socket: Socket): void;
  /** The connection that a request came by, if it is one of HTTP/2. */
  connectionOf(request: AnyRequest): Connection | undefined;
  /** Looks at the connections no more. */
  close(): void;
}
