/** Sends what flow control allows, one frame per stream in turn. [RFC 9113, sections 5.2 and 6.9] */
import { LinkedList } from '../../lib/linked-list.ts';
import { ConnectionError, ErrorCode, StreamError } from './error-code.ts';
import { DEFAULT_MAX_FRAME_SIZE, MAX_UINT31 } from './frame.ts';
import type { Output } from './output.ts';
import { DEFAULT_WINDOW } from './settings.ts';
import type { Stream } from './stream.ts';

/** Most bytes that may wait in the socket. Above it, streams keep the rest of their responses. */
export const MAX_BACKLOG = 262_144;

export interface SenderOptions {
  readonly output: Output;
  /** Bytes handed to the transport that have not left yet. */
  readonly backlog: () => number;
  /** Called when a response has been sent completely. */
  readonly ended: (stream: Stream) => void;
  /** Called for each DATA frame sent. */
  readonly worked: () => void;
}

export class Sender {
  readonly #options: SenderOptions;
  /** Streams with something to send and an open window. */
  readonly #ready = new LinkedList<Stream>();
  /** The peer's window for all streams together. */
  window = DEFAULT_WINDOW;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** A stream has more to send, or has ended. */
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

  /** Sends as much as possible now. */
  run(): void {
    const { output, backlog } = this.#options;
    while (this.window > 0 && backlog() + output.length <= MAX_BACKLOG) {
      const stream = this.#ready.shift();
      if (stream === undefined) return;
      stream.turn = undefined;
      // Put it behind all others.
      if (stream.sendWindow > 0 && this.#step(stream)) this.#enter(stream);
    }
  }

  /** Sends one frame. @returns whether the stream may send more. */
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

  /** Ends a response whose body is sent: with trailers, or an empty frame. Neither needs a window. */
  #finish(stream: Stream): void {
    const { output, ended } = this.#options;
    if (stream.trailers !== undefined) output.headers(stream.id, stream.trailers, true);
    else output.data(stream.id, new Uint8Array(0), 0, 0, true);
    ended(stream);
  }
}
