/** Handles request bodies on the general way: DATA and trailers. [RFC 9113, sections 6.1 and 8.1] */
import type { Connection } from './connection.ts';
import { ConnectionError, ErrorCode, protocolError, StreamError } from './error-code.ts';
import { Flag } from './frame.ts';
import type { HeaderBlock } from './hpack/header-block.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { readPadding } from './padding.ts';
import { checkTrailers, malformed } from './request-head.ts';
import type { Stream } from './stream.ts';

const NO_TRAILERS: readonly HeaderField[] = [];

/** Methods throw ConnectionError or StreamError. */
export class RequestBodies {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A second header block ends the request. [Section 8.1] */
  trailers(id: number, block: HeaderBlock, isLast: boolean): void {
    const stream = this.#connection.streams.get(id);
    if (stream === undefined) {
      this.#onClosed(id);
      return;
    }
    if (stream.isRemoteClosed)
      throw new StreamError(id, ErrorCode.STREAM_CLOSED, 'HEADERS after the end of the stream');
    if (!isLast) malformed(id, 'trailers without END_STREAM');
    if (block.isTooLarge)
      throw new StreamError(
        id,
        ErrorCode.ENHANCE_YOUR_CALM,
        'trailers are too large',
        'header_list_too_large',
      );
    checkTrailers(id, block.fields);
    this.#endRequest(stream, block.fields);
  }

  /** [Section 6.1] */
  data(bytes: Uint8Array, from: number, next: number, flags: number, id: number): void {
    const connection = this.#connection;
    if (id === 0 || connection.streams.isIdle(id)) protocolError('DATA: the stream is idle');
    const payload = next - from;
    let start = from;
    let end = next;
    if ((flags & Flag.PADDED) !== 0) end -= readPadding(bytes, start++, next);
    if (end < start) protocolError('DATA: more padding than payload');
    connection.takeWindow(payload);
    const stream = connection.streams.get(id);
    if (stream === undefined || stream.isRemoteClosed) {
      connection.credit(payload);
      if (stream !== undefined)
        throw new StreamError(id, ErrorCode.STREAM_CLOSED, 'DATA after the end of the stream');
      this.#onClosed(id);
      return;
    }
    stream.unconsumed += payload;
    if (!stream.receiveWindow.take(payload))
      throw new StreamError(id, ErrorCode.FLOW_CONTROL_ERROR, 'DATA: more than the window of the stream');
    const isLast = (flags & Flag.END_STREAM) !== 0;
    if (start === end && !isLast) connection.floods.emptyData();
    this.#body(stream, bytes, start, end, payload);
    if (isLast && !stream.isClosed) this.#endRequest(stream, NO_TRAILERS);
  }

  #body(stream: Stream, bytes: Uint8Array, start: number, end: number, payload: number): void {
    const size = end - start;
    // Padding counts for flow control, and is consumed at once. [Section 6.9.1]
    if (payload > size) stream.consumed(payload - size);
    stream.received += size;
    const { contentLength } = stream.head;
    if (contentLength !== undefined && stream.received > contentLength)
      malformed(stream.id, 'the body is longer than content-length');
    if (size > 0) stream.consumer.data(bytes, start, end);
  }

  #endRequest(stream: Stream, trailers: readonly HeaderField[]): void {
    const { contentLength } = stream.head;
    if (contentLength !== undefined && stream.received !== contentLength)
      malformed(stream.id, 'the body is shorter than content-length');
    this.#connection.remoteClosed(stream);
    if (!stream.isClosed) stream.consumer.end(trailers);
  }

  /** HEADERS or DATA on a closed stream. [Section 5.1] */
  #onClosed(id: number): void {
    const { streams } = this.#connection;
    if (this.#connection.shutdown.isRefused(id)) return;
    const by = streams.resetBy(id);
    if (by === 'us') return;
    if (by === 'peer') throw new StreamError(id, ErrorCode.STREAM_CLOSED, 'a frame after RST_STREAM');
    if (streams.wasPassedOver(id)) protocolError('the stream identifier is lower than the previous one');
    throw new ConnectionError(ErrorCode.STREAM_CLOSED, 'a frame on a closed stream');
  }
}
