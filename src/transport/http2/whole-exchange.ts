/** The fast way: answers a complete request in the same turn, without a stream. */
import type { Connection } from './connection.ts';
import {
  copyBytes,
  DEFAULT_MAX_FRAME_SIZE,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  writeFrameHeader,
} from './frame.ts';
import type { RequestHead } from './request-head.ts';
import type { Stream } from './stream.ts';

/** The answer to a complete request. Valid in the turn of the request, and for one answer. */
export interface Exchange {
  /**
   * Sends a response at once: a header block, a body in two parts, and a block of trailers.
   *
   * @returns false if the peer's windows are too small and nothing was sent: {@link open} a stream then.
   */
  reply(headers: Uint8Array, prefix: Uint8Array, body: Uint8Array, trailers: Uint8Array): boolean;
  /** Turns the exchange into a stream. Its request is already complete: the consumer gets no end. */
  open(): Stream;
}

export class WholeExchange implements Exchange {
  readonly #connection: Connection;
  #id = 0;
  #head: RequestHead | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether the current request was neither answered nor opened. */
  get isUnanswered(): boolean {
    return this.#head !== undefined;
  }

  /** Starts the next request. */
  renew(id: number, head: RequestHead): void {
    this.#id = id;
    this.#head = head;
  }

  reply(headers: Uint8Array, prefix: Uint8Array, body: Uint8Array, trailers: Uint8Array): boolean {
    const { output, sender, peer, floods } = this.#connection;
    const size = prefix.length + body.length;
    const room = Math.min(DEFAULT_MAX_FRAME_SIZE, sender.window, peer.initialWindowSize);
    const blocks = headers.length + trailers.length;
    if (size > room || blocks > DEFAULT_MAX_FRAME_SIZE || output.mustUpdateTable) return false;
    const at = output.reserve(3 * FRAME_HEADER_BYTES + blocks + size);
    const { buffer } = output;
    const dataAt = writeFrame(buffer, at, FrameType.HEADERS, Flag.END_HEADERS, this.#id, headers);
    writeFrameHeader(buffer, dataAt, size, FrameType.DATA, 0, this.#id);
    const bodyAt = copyBytes(buffer, dataAt + FRAME_HEADER_BYTES, prefix);
    const trailersAt = copyBytes(buffer, bodyAt, body);
    writeFrame(buffer, trailersAt, FrameType.HEADERS, LAST, this.#id, trailers);
    sender.window -= size;
    this.#head = undefined;
    floods.work++;
    return true;
  }

  open(): Stream {
    const stream = this.#connection.open(this.#id, this.#head as RequestHead);
    stream.isRemoteClosed = true;
    this.#head = undefined;
    return stream;
  }
}

const LAST = Flag.END_HEADERS | Flag.END_STREAM;

/** @returns the position after it. */
function writeFrame(
  buffer: Uint8Array,
  at: number,
  type: number,
  flags: number,
  id: number,
  payload: Uint8Array,
): number {
  writeFrameHeader(buffer, at, payload.length, type, flags, id);
  return copyBytes(buffer, at + FRAME_HEADER_BYTES, payload);
}
