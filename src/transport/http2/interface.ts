/** What a connection is given: the handler of its requests, its observer, and its limits. */
import type { Reason } from './error-code.ts';
import type { RequestHead } from './request-head.ts';
import type { Stream } from './stream.ts';
import type { Exchange } from './whole-exchange.ts';

export interface RequestHandler {
  /**
   * Takes a complete request, with the bytes from `start` to `end` as its body. Before this returns, answer it with
   * {@link Exchange.reply}, or call `Exchange.open` to make a stream of it and answer later.
   */
  whole(head: RequestHead, bytes: Uint8Array, start: number, end: number, exchange: Exchange): void;
  /** Takes a request whose body is still arriving. Set the consumer of the stream before this returns. */
  begin(stream: Stream): void;
}

export interface Watcher {
  /** The connection was ended because of the peer. */
  connectionError(reason: Reason): void;
  /** A stream was reset because of the peer. */
  streamError(reason: Reason): void;
}

export interface Limits {
  /** Initial window of a stream, in bytes. */
  readonly streamWindow: number;
  /** Window of the connection, in bytes; at least {@link streamWindow}. */
  readonly connectionWindow: number;
  /** Largest header list, in bytes by the rule of SETTINGS_MAX_HEADER_LIST_SIZE. */
  readonly headerListBytes: number;
  /** Time for a frame and a header block to arrive, and for a peer to read what was sent. Milliseconds. */
  readonly timeout: number;
}
