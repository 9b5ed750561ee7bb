/**
 * Reads frames in order, and header blocks from one or more of them. Frames of bodies are handled in request-bodies.ts,
 * frames outside of requests in control-frames.ts.
 */
import type { Connection } from './connection.ts';
import { ControlFrames } from './control-frames.ts';
import { ConnectionError, ErrorCode, frameSizeError, protocolError, StreamError } from './error-code.ts';
import { FieldBlock } from './field-block.ts';
import { Flag, FRAME_HEADER_BYTES, FrameType, PRIORITY_BYTES, readUint24, readUint31 } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { CompressionError } from './hpack/compression-error.ts';
import { HeaderDecoder } from './hpack/decoder.ts';
import { encodeFields } from './hpack/encoder.ts';
import type { HeaderBlock } from './hpack/header-block.ts';
import { readPadding } from './padding.ts';
import { RequestBodies } from './request-bodies.ts';
import { malformed, type RequestHead } from './request-head.ts';
import { RequestHeads } from './request-heads.ts';
import { DEFAULT_TABLE_SIZE } from './settings.ts';
import { WholeExchange } from './whole-exchange.ts';

/** [RFC 6585, section 5] */
const TOO_LARGE = encodeFields([[':status', '431']]);

export class Receiver {
  readonly #connection: Connection;
  readonly #control: ControlFrames;
  readonly #bodies: RequestBodies;
  readonly #reader: FrameReader;
  readonly #decoder: HeaderDecoder;
  readonly #heads = new RequestHeads();
  readonly #exchange: WholeExchange;
  /** Until the last CONTINUATION no other frame is allowed. [RFC 9113, section 6.10] */
  #block: FieldBlock | undefined;
  #hasSettings = false;
  /** Number of frames so far. */
  frames = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#control = new ControlFrames(connection);
    this.#bodies = new RequestBodies(connection);
    this.#reader = new FrameReader(
      (bytes, at, next, limit) => this.#take(bytes, at, next, limit),
      (change) => connection.hold(change),
    );
    const { headerListBytes } = connection.options.limits;
    this.#decoder = new HeaderDecoder({ maxTableSize: DEFAULT_TABLE_SIZE, maxListSize: headerListBytes });
    this.#exchange = new WholeExchange(connection);
  }

  /** Whether a frame, a header block, or the start of a connection is incomplete. */
  get isIncomplete(): boolean {
    return this.#reader.isIncomplete || this.#block !== undefined || !this.#hasSettings;
  }

  get isWithinBlock(): boolean {
    return this.#block !== undefined;
  }

  /** @throws ConnectionError */
  read(chunk: Uint8Array): void {
    this.#reader.read(chunk);
  }

  close(): void {
    this.#reader.close();
    this.#dropBlock();
  }

  #take(bytes: Uint8Array, at: number, next: number, limit: number): number {
    // An earlier frame may have been the last one expected.
    if (this.#connection.isOver) return next;
    this.frames++;
    try {
      return this.#dispatch(bytes, at, next, limit);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#connection.failStream(error);
      return next;
    }
  }

  #dispatch(bytes: Uint8Array, at: number, next: number, limit: number): number {
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    const id = readUint31(bytes, at + 5);
    const start = at + FRAME_HEADER_BYTES;
    this.#checkOrder(type, flags, id);
    switch (type) {
      case FrameType.HEADERS:
        return this.#headers(bytes, start, next, flags, id, limit);
      case FrameType.DATA:
        this.#bodies.data(bytes, start, next, flags, id);
        return next;
      case FrameType.CONTINUATION:
        this.#continuation(bytes.subarray(start, next), flags);
        return next;
      default:
        this.#control.take(type, bytes, start, next, flags, id);
        return next;
    }
  }

  #checkOrder(type: number, flags: number, id: number): void {
    const isContinuation = type === FrameType.CONTINUATION;
    if (this.#block !== undefined) {
      if (!isContinuation || id !== this.#block.stream) protocolError('a frame interrupts a header block');
    } else if (isContinuation) protocolError('CONTINUATION without a header block');
    if (this.#hasSettings) return;
    // [Section 3.4]
    if (type !== FrameType.SETTINGS || (flags & Flag.ACK) !== 0)
      protocolError('the first frame is not SETTINGS');
    this.#hasSettings = true;
  }

  /** [Section 6.2] */
  #headers(bytes: Uint8Array, from: number, next: number, flags: number, id: number, limit: number): number {
    if ((id & 1) === 0) protocolError('HEADERS: not a stream that a client may open');
    let start = from;
    let end = next;
    if ((flags & Flag.PADDED) !== 0) end -= readPadding(bytes, start++, next);
    if ((flags & Flag.PRIORITY) !== 0) {
      if (end - start < PRIORITY_BYTES) frameSizeError('HEADERS: too short for its priority');
      if (readUint31(bytes, start) === id) protocolError('HEADERS: the stream depends on itself');
      start += PRIORITY_BYTES;
    }
    if (end < start) protocolError('HEADERS: more padding than payload');
    const isLast = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.END_HEADERS) !== 0) return this.#fields(bytes, start, end, id, isLast, next, limit);
    const { headerListBytes } = this.#connection.options.limits;
    this.#block = new FieldBlock(id, isLast, bytes.subarray(start, end), headerListBytes);
    this.#connection.hold(this.#block.bytes.length);
    return next;
  }

  /** [Section 6.10] */
  #continuation(fragment: Uint8Array, flags: number): void {
    const block = this.#block as FieldBlock;
    block.add(fragment);
    this.#connection.hold(fragment.length);
    if ((flags & Flag.END_HEADERS) === 0) return;
    this.#dropBlock();
    const { bytes, stream, isLast } = block;
    this.#fields(bytes, 0, bytes.length, stream, isLast, bytes.length, bytes.length);
  }

  #dropBlock(): void {
    if (this.#block !== undefined) this.#connection.hold(-this.#block.bytes.length);
    this.#block = undefined;
  }

  /**
   * Handles a header block: of a request, or of its trailers.
   *
   * @param next where the next frame begins: the body may follow there, up to `limit`.
   * @returns where the next unread frame begins.
   */
  #fields(
    bytes: Uint8Array,
    start: number,
    end: number,
    id: number,
    isLast: boolean,
    next: number,
    limit: number,
  ): number {
    const { streams, floods } = this.#connection;
    // Decode it in any case: the tables of both sides must stay equal. [Section 4.3]
    const block = this.#decode(bytes, start, end);
    if (!streams.isIdle(id)) {
      this.#bodies.trailers(id, block, isLast);
      return next;
    }
    streams.use(id);
    if (this.#connection.shutdown.isRefused(id)) return next;
    floods.work++;
    if (block.isTooLarge) {
      this.#refuseTooLarge(id, isLast);
      return next;
    }
    const head = this.#heads.read(id, block);
    const dataEnd = isLast ? next : findWholeData(bytes, next, limit, id);
    if (dataEnd > 0) {
      this.#whole(id, head, bytes, isLast ? next : next + FRAME_HEADER_BYTES, dataEnd);
      return dataEnd;
    }
    this.#connection.options.handler.begin(this.#connection.open(id, head));
    return next;
  }

  #decode(bytes: Uint8Array, start: number, end: number): HeaderBlock {
    try {
      return this.#decoder.decode(bytes, start, end);
    } catch (error) {
      if (!(error instanceof CompressionError)) throw error;
      throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, error.message);
    }
  }

  #refuseTooLarge(id: number, isLast: boolean): void {
    this.#connection.options.watcher.streamError('header_list_too_large');
    this.#connection.output.headers(id, TOO_LARGE, true);
    if (isLast) return;
    this.#connection.output.frameOfNumber(FrameType.RST_STREAM, id, ErrorCode.NO_ERROR);
    this.#connection.streams.rememberReset(id, 'us');
  }

  /** The fast way: no stream is created unless the handler wants one. */
  #whole(id: number, head: RequestHead, bytes: Uint8Array, start: number, end: number): void {
    const connection = this.#connection;
    const size = end - start;
    // Check before the bytes are counted: if this fails, they are counted with the frame.
    if (head.contentLength !== undefined && head.contentLength !== size)
      malformed(id, 'the length of the body differs from content-length');
    connection.takeWindow(size);
    connection.credit(size);
    this.#exchange.renew(id, head);
    connection.options.handler.whole(head, bytes, start, end, this.#exchange);
    if (this.#exchange.isUnanswered)
      throw new Error('the handler has neither answered a request nor opened a stream');
  }
}

/**
 * Returns the end of a DATA frame that begins at `at`, is whole, and ends the stream: the request is then complete.
 * 0 if there is none.
 */
function findWholeData(bytes: Uint8Array, at: number, limit: number, id: number): number {
  if (at + FRAME_HEADER_BYTES > limit || bytes[at + 3] !== FrameType.DATA) return 0;
  if (((bytes[at + 4] as number) & (Flag.END_STREAM | Flag.PADDED)) !== Flag.END_STREAM) return 0;
  if (readUint31(bytes, at + 5) !== id) return 0;
  const end = at + FRAME_HEADER_BYTES + readUint24(bytes, at);
  // A frame that is too large is refused in the common place.
  return end <= limit && end - at <= MAX_WHOLE ? end : 0;
}

/** Header and payload of the largest frame. */
const MAX_WHOLE = FRAME_HEADER_BYTES + 16_384;
