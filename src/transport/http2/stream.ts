/** A stream on the general way: its body comes in pieces, or its reply does not go out in the turn of the request. */
import type { Link } from '../../lib/linked-list.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { ReceiveWindow } from './receive-window.ts';
import type { RequestHead } from './request-head.ts';

/** Who reads a request. Called while frames are read, and never again after `closed`. */
export interface StreamConsumer {
  /**
   * Some of the body: the bytes from `start` to `end`. They share the memory of the packet they came in. The peer may send
   * more of them once {@link Stream.consumed} has been told.
   */
  data(bytes: Uint8Array, start: number, end: number): void;
  /** The request is whole. Trailers are empty when there were none. */
  end(trailers: readonly HeaderField[]): void;
  /** Both sides have ended, or a reset, or the end of the connection. @param code of RST_STREAM; 0 when there was none. */
  closed(code: number): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  /** Writes a HEADERS frame at once. */
  writeHeaders(stream: Stream, block: Uint8Array, isLast: boolean): void;
  /** There is something to send, or the end. */
  send(stream: Stream): void;
  consumed(stream: Stream, bytes: number): void;
  /** So many bytes more, or fewer, wait to be sent. */
  hold(change: number): void;
  reset(stream: Stream, code: number): void;
}

/** A part of the body of a response that waits for its window. */
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
  /** What the peer lets us send. Below 0 when it has made its window smaller. [RFC 9113, section 6.9.2] */
  sendWindow: number;
  /** Bytes of the body so far, and of those the ones that were not used. */
  received = 0;
  unconsumed = 0;
  /** Half-closed (remote): the request is whole. [RFC 9113, section 5.1] */
  isRemoteClosed = false;
  /** Half-closed (local): the response is on its way as a whole. */
  isLocalClosed = false;
  isClosed = false;
  hasSentHeaders = false;
  /** Nothing more will be added to the response. */
  isEnding = false;
  trailers: Uint8Array | undefined;
  /** Told once, when everything that was written has been sent, or the stream is closed. */
  onDrained: (() => void) | undefined;
  readonly pieces: Piece[] = [];
  /** Its place among the streams that may send now. */
  turn: Link<Stream> | undefined;
  readonly #owner: StreamOwner;

  constructor(id: number, head: RequestHead, owner: StreamOwner, receiveWindow: number, sendWindow: number) {
    this.id = id;
    this.head = head;
    this.#owner = owner;
    this.receiveWindow = new ReceiveWindow(receiveWindow);
    this.sendWindow = sendWindow;
  }

  /** Whether everything that was given to {@link write} has been sent. */
  get isDrained(): boolean {
    return this.pieces.length === 0;
  }

  /** An interim response. [RFC 9113, section 8.1] */
  inform(block: Uint8Array): void {
    if (!this.isClosed && !this.hasSentHeaders) this.#owner.writeHeaders(this, block, false);
  }

  /** The header block of the response. @param isLast whether it is all of it. */
  respond(block: Uint8Array, isLast = false): void {
    if (this.isClosed || this.hasSentHeaders) return;
    this.hasSentHeaders = true;
    this.isEnding = isLast;
    this.#owner.writeHeaders(this, block, isLast);
  }

  /** Some of the body of the response, which waits for its window. The bytes must not change any more. */
  write(bytes: Uint8Array): void {
    if (this.isClosed || this.isEnding || bytes.length === 0) return;
    this.pieces.push({ bytes, sent: 0 });
    this.#owner.hold(bytes.length);
    this.#owner.send(this);
  }

  /** The response is whole. @param trailers a header block. */
  end(trailers?: Uint8Array): void {
    if (this.isClosed || this.isEnding) return;
    this.isEnding = true;
    this.trailers = trailers;
    this.#owner.send(this);
  }

  /** Takes out what has been sent as a whole. */
  shift(): void {
    this.#owner.hold(-(this.pieces.shift()?.bytes.length ?? 0));
    if (this.isDrained) this.#drained();
  }

  /** Nothing waits any more. */
  #drained(): void {
    const { onDrained } = this;
    this.onDrained = undefined;
    onDrained?.();
  }

  /** So many bytes of the body were used: the peer may send as many again. */
  consumed(bytes: number): void {
    this.unconsumed -= bytes;
    this.#owner.consumed(this, bytes);
  }

  /** RST_STREAM. Nothing that waits is sent any more. */
  reset(code: number): void {
    if (!this.isClosed) this.#owner.reset(this, code);
  }
}
