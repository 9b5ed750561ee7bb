/** Sends what flow control lets through, one frame of each stream in turn. [RFC 9113, sections 5.2 and 6.9] */
import { LinkedList } from '../../lib/linked-list.ts';
import { ConnectionError, ErrorCode, StreamError } from './error-code.ts';
import { DEFAULT_MAX_FRAME_SIZE, MAX_UINT31 } from './frame.ts';
import type { Output } from './output.ts';
import { DEFAULT_WINDOW } from './settings.ts';
import type { Stream } from './stream.ts';

/** Bytes that may wait for a peer to read its socket. Streams keep the rest of their responses until there are fewer. */
export const MAX_BACKLOG = 262_144;

export interface SenderOptions {
  readonly output: Output;
  /** Bytes that the transport has not got rid of. */
  readonly backlog: () => number;
  /** All of a response has been sent. */
  readonly ended: (stream: Stream) => void;
  /** A DATA frame is sent. */
  readonly worked: () => void;
}

export class Sender {
  readonly #options: SenderOptions;
  /** Streams that have something to send, and a window for it. */
  readonly #ready = new LinkedList<Stream>();
  /** What the peer lets us send on all streams together. */
  window = DEFAULT_WINDOW;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** A stream has more to send, or has come to its end. */
  send(stream: Stream): void {
    if (stream.isDrained) {
      if (stream.isEnding && !stream.isLocalClosed) this.#finish(stream);
      return;
    }
    if (stream.sendWindow > 0) this.#enter(stream);
    this.run();
  }

  forget(stream: Stream): void {
    stream.turn?.remove();
    stream.turn = undefined;
  }

  #enter(stream: Stream): void {
    stream.turn ??= this.#ready.add(stream);
  }

  /** WINDOW_UPDATE of the connection. [RFC 9113, section 6.9.1] */
  openConnectionWindow(increment: number): void {
    this.window += increment;
    if (this.window > MAX_UINT31)
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'WINDOW_UPDATE: the window is too large');
    this.run();
  }

  /** WINDOW_UPDATE of a stream. [RFC 9113, section 6.9.1] */
  openStreamWindow(stream: Stream, increment: number): void {
    if (stream.sendWindow + increment > MAX_UINT31)
      throw new StreamError(
        stream.id,
        ErrorCode.FLOW_CONTROL_ERROR,
        'WINDOW_UPDATE: the window is too large',
      );
    this.#open(stream, increment);
    this.run();
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE changes the windows of all streams. [RFC 9113, section 6.9.2] */
  changeInitialWindow(streams: readonly Stream[], change: number): void {
    for (const stream of streams) {
      if (stream.sendWindow + change > MAX_UINT31)
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'SETTINGS: a window is too large');
      this.#open(stream, change);
    }
    this.run();
  }

  #open(stream: Stream, change: number): void {
    stream.sendWindow += change;
    if (stream.sendWindow > 0 && !stream.isDrained) this.#enter(stream);
  }

  /** Sends as much as may be sent now. */
  run(): void {
    const { output, backlog } = this.#options;
    while (this.window > 0 && backlog() + output.length <= MAX_BACKLOG) {
      const stream = this.#ready.shift();
      if (stream === undefined) return;
      stream.turn = undefined;
      // Behind all others.
      if (stream.sendWindow > 0 && this.#step(stream)) this.#enter(stream);
    }
  }

  /** One frame. @returns whether the stream may send more. */
  #step(stream: Stream): boolean {
    const { output, worked } = this.#options;
    const [piece] = stream.pieces;
    if (piece === undefined) return false;
    const left = piece.bytes.length - piece.sent;
    const size = Math.min(left, this.window, stream.sendWindow, DEFAULT_MAX_FRAME_SIZE);
    const end = piece.sent + size;
    if (size === left) stream.shift();
    const isLast = stream.isDrained && stream.isEnding && stream.trailers === undefined;
    output.data(stream.id, piece.bytes, piece.sent, end, isLast);
    worked();
    piece.sent = end;
    this.window -= size;
    stream.sendWindow -= size;
    if (isLast) this.#options.ended(stream);
    else if (stream.isDrained && stream.isEnding) this.#finish(stream);
    return !stream.isDrained && stream.sendWindow > 0;
  }

  /** The end of a response whose body is sent: trailers, or an empty frame. Neither needs a window. */
  #finish(stream: Stream): void {
    const { output, ended } = this.#options;
    if (stream.trailers !== undefined) output.headers(stream.id, stream.trailers, true);
    else output.data(stream.id, new Uint8Array(0), 0, 0, true);
    ended(stream);
  }
}
