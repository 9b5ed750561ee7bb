/** A request over our own HTTP/2 that is not a broker's call: for probes, pages and Connect. */
import type { IncomingHttpHeaders } from 'node:http2';
import type { Connection } from './connections.ts';
import { encodeFields } from './http2/hpack/encoder.ts';
import type { Stream, StreamConsumer } from './http2/stream.ts';

/** [RFC 9110, section 15.2.1] */
const CONTINUE = encodeFields([[':status', '100']]);

export class StreamRequest implements StreamConsumer {
  readonly httpVersion = '2.0';
  readonly httpVersionMajor = 2;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly stream: Stream;
  readonly connection: Connection;
  readonly isEncrypted: boolean;
  /** Called when the stream is closed, with the code of RST_STREAM or 0. */
  onClosed: (code: number) => void = () => {};
  /** Pieces of the body that have not been read yet. */
  #pieces: Uint8Array[] = [];
  #isWhole = false;
  #isOver = false;
  #isDiscarded = false;
  #wake: () => void = () => {};

  constructor(stream: Stream, connection: Connection, isEncrypted: boolean) {
    const { head } = stream;
    this.stream = stream;
    this.connection = connection;
    this.isEncrypted = isEncrypted;
    this.method = head.method;
    this.url = head.path;
    this.headers = head.headers;
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isDiscarded) {
      this.stream.consumed(end - start);
      return;
    }
    // Copy: a piece must not keep its packet alive.
    const piece = new Uint8Array(bytes.subarray(start, end));
    this.connection.load.hold(piece.length);
    this.#pieces.push(piece);
    this.#wake();
  }

  end(): void {
    this.#isWhole = true;
    this.#wake();
  }

  closed(code: number): void {
    this.#isOver = true;
    this.#drop();
    this.#wake();
    this.onClosed(code);
  }

  /** Discards the rest of the body and gives its window back. */
  discard(): void {
    this.#isDiscarded = true;
    this.stream.consumed(this.#drop());
  }

  #drop(): number {
    const bytes = this.#pieces.splice(0).reduce((sum, { length }) => sum + length, 0);
    this.connection.load.hold(-bytes);
    return bytes;
  }

  /** Yields the body, once. Fails if the stream closes before its end. */
  async *body(): AsyncGenerator<Uint8Array> {
    if (this.headers.expect === '100-continue') this.stream.inform(CONTINUE);
    for (;;) {
      if (this.#pieces.length > 0) {
        // At once: there may be as many pieces as bytes.
        const pieces = Buffer.concat(this.#pieces);
        this.stream.consumed(this.#drop());
        yield pieces;
      } else if (this.#isWhole || this.#isDiscarded) return;
      else if (this.#isOver) throw new Error('the stream was reset');
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
