/** What a connection is given: who handles its requests, who watches it, and its limits. */
import type { Reason } from './error-code.ts';
import type { RequestHead } from './request-head.ts';
import type { Stream } from './stream.ts';
import type { Exchange } from './whole-exchange.ts';

export interface RequestHandler {
  /**
   * A request that has come as a whole, its body being the bytes from `start` to `end`. It is answered by
   * {@link Exchange.reply} before this returns, or `Exchange.open` makes a stream of it, to be answered later.
   */
  whole(head: RequestHead, bytes: Uint8Array, start: number, end: number, exchange: Exchange): void;
  /** A request whose body is on its way. Sets the consumer of the stream before it returns. */
  begin(stream: Stream): void;
}

export interface Watcher {
  /** The peer made this connection end. */
  connectionError(reason: Reason): void;
  /** The peer made a stream end. */
  streamError(reason: Reason): void;
}

export interface Limits {
  /** Bytes that a peer may send on a stream before it hears from us. */
  readonly streamWindow: number;
  /** The same for all streams of a connection together; at least {@link streamWindow}. */
  readonly connectionWindow: number;
  /** Largest header list, in bytes as SETTINGS_MAX_HEADER_LIST_SIZE counts them. */
  readonly headerListBytes: number;
  /** Milliseconds in which a frame and a header block must have come, and a peer must read what was sent. */
  readonly timeout: number;
}
