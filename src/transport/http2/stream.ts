/** A stream on the general way: its body arrives in pieces, or its reply is not sent in the turn of the request. */
import type { Link } from '../../lib/linked-list.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { ReceiveWindow } from './receive-window.ts';
import type { RequestHead } from './request-head.ts';

/** Reads a request. Called while frames are read, and never after `closed`. */
export interface StreamConsumer {
  /**
   * Takes a part of the body: the bytes from `start` to `end`. They share memory with their packet. The peer may send
   * more once you call {@link Stream.consumed}.
   */
  data(bytes: Uint8Array, start: number, end: number): void;
  /** The request is complete. Trailers are empty if there were none. */
  end(trailers: readonly HeaderField[]): void;
  /** Both sides have ended, or a reset, or the connection ended. @param code of RST_STREAM; 0 if there was none. */
  closed(code: number): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  /** Writes a HEADERS frame at once. */
  writeHeaders(stream: Stream, block: Uint8Array, isLast: boolean): void;
  /** There is something to send, or the end. */
  send(stream: Stream): void;
  consumed(stream: Stream, bytes: number): void;
  /** Reports a change of the bytes that wait to be sent. */
  hold(change: number): void;
  reset(stream: Stream, code: number): void;
}

/** A part of a response body that waits for the window. */
interface Piece {
  readonly bytes: Uint8Array;
  sent: number;
}

const ignoring: StreamConsumer = { data() {}, end() {}, closed() {} };

export class Stream {
  readonly id: number;
  readonly head: RequestHead;
  readonly receiveWindow: ReceiveWindow;
  consumer: StreamConsumer = ignoring;
  /** The peer's window. Negative after the peer has reduced it. [RFC 9113, section 6.9.2] */
  sendWindow: number;
  /** Bytes of the body received so far, and how many of them are not consumed. */
  received = 0;
  unconsumed = 0;
  /** Half-closed (remote): the request is complete. [RFC 9113, section 5.1] */
  isRemoteClosed = false;
  /** Half-closed (local): the whole response is sent or queued. */
  isLocalClosed = false;
  isClosed = false;
  hasSentHeaders = false;
  /** Nothing more will be added to the response. */
  isEnding = false;
  trailers: Uint8Array | undefined;
  /** Called once, when all output has been sent or the stream is closed. */
  onDrained: (() => void) | undefined;
  readonly pieces: Piece[] = [];
  /** Its place in the queue of streams that may send. */
  turn: Link<Stream> | undefined;
  readonly #owner: StreamOwner;

  constructor(id: number, head: RequestHead, owner: StreamOwner, receiveWindow: number, sendWindow: number) {
    this.id = id;
    this.head = head;
    this.#owner = owner;
    this.receiveWindow = new ReceiveWindow(receiveWindow);
    this.sendWindow = sendWindow;
  }

  /** Whether everything passed to {@link write} has been sent. */
  get isDrained(): boolean {
    return this.pieces.length === 0;
  }

  /** An interim response. [RFC 9113, section 8.1] */
  inform(block: Uint8Array): void {
    if (!this.isClosed && !this.hasSentHeaders) this.#owner.writeHeaders(this, block, false);
  }

  /** Sends the header block of the response. @param isLast whether there is no body. */
  respond(block: Uint8Array, isLast = false): void {
    if (this.isClosed || this.hasSentHeaders) return;
    this.hasSentHeaders = true;
    this.isEnding = isLast;
    this.#owner.writeHeaders(this, block, isLast);
  }

  /** Queues a part of the response body. Do not modify the bytes afterwards. */
  write(bytes: Uint8Array): void {
    if (this.isClosed || this.isEnding || bytes.length === 0) return;
    this.pieces.push({ bytes, sent: 0 });
    this.#owner.hold(bytes.length);
    this.#owner.send(this);
  }

  /** Ends the response. @param trailers a header block. */
  end(trailers?: Uint8Array): void {
    if (this.isClosed || this.isEnding) return;
    this.isEnding = true;
    this.trailers = trailers;
    this.#owner.send(this);
  }

  /** Removes chunks that have been sent. */
  shift(): void {
    this.#owner.hold(-(this.pieces.shift()?.bytes.length ?? 0));
    if (this.isDrained) this.#drained();
  }

  /** Drops everything that waits. */
  #drained(): void {
    const { onDrained } = this;
    this.onDrained = undefined;
    onDrained?.();
  }

  /** Gives consumed bytes of the body back: the peer may send as many again. */
  consumed(bytes: number): void {
    this.unconsumed -= bytes;
    this.#owner.consumed(this, bytes);
  }

  /** Sends RST_STREAM and drops everything that waits. */
  reset(code: number): void {
    if (!this.isClosed) this.#owner.reset(this, code);
  }
}
