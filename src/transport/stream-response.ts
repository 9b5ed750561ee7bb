/** A response over our own HTTP/2, with the few methods of node:http that probes, pages and Connect use. */
import { EventEmitter } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import { ErrorCode } from './http2/error-code.ts';
import { encodeFields } from './http2/hpack/encoder.ts';
import type { HeaderField } from './http2/hpack/header-field.ts';
import type { StreamRequest } from './stream-request.ts';

/** Emits `close` when its stream is closed, as node:http does. */
export class StreamResponse extends EventEmitter {
  readonly #request: StreamRequest;
  #trailers: Uint8Array | undefined;

  constructor(request: StreamRequest) {
    super();
    this.#request = request;
    request.onClosed = () => this.emit('close');
  }

  /** Whether its stream is closed. */
  get destroyed(): boolean {
    return this.#request.stream.isClosed;
  }

  get headersSent(): boolean {
    return this.#request.stream.hasSentHeaders;
  }

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    const fields = [
      [':status', String(status)],
      ['date', new Date().toUTCString()],
      ...fieldsOf(headers),
    ] as const;
    this.#request.stream.respond(encodeFields(fields));
    return this;
  }

  addTrailers(headers: OutgoingHttpHeaders): void {
    this.#trailers = encodeFields(fieldsOf(headers));
  }

  /** Resolves when there is room for more, or the stream is closed. */
  write(bytes: Uint8Array): Promise<void> {
    const { stream } = this.#request;
    stream.write(bytes);
    if (stream.isDrained) return Promise.resolve();
    return new Promise((resolve) => {
      stream.onDrained = resolve;
    });
  }

  end(body?: string | Uint8Array): this {
    const { stream, method } = this.#request;
    if (body !== undefined && method !== 'HEAD') stream.write(Buffer.from(body));
    stream.end(this.#trailers);
    // An early answer would otherwise keep its share of the connection's window.
    this.#request.discard();
    return this;
  }

  /** Ends the response with a reset, which the peer cannot mistake for a normal end. */
  destroy(): void {
    this.#request.stream.reset(ErrorCode.INTERNAL_ERROR);
  }

  /** The peer does not read it. */
  abandon(): void {
    this.#request.stream.reset(ErrorCode.ENHANCE_YOUR_CALM);
  }
}

function fieldsOf(headers: OutgoingHttpHeaders): HeaderField[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): HeaderField => [name.toLowerCase(), String(one)]),
  );
}
