/** One HTTP/2 connection as the broker's client (gun, without retries) treats it. */
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Release } from './release.ts';

export type CallResult =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  /** A status, at once. */
  | { readonly kind: 'error'; readonly status: number }
  /** The connection was ending when the call began, or could not be made. */
  | { readonly kind: 'lost' }
  /** Nobody answered in time. A stream that was reset is not noticed. */
  | { readonly kind: 'timeout' };

export interface CallOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Nothing when the message cannot be encoded: the headers are sent, and the stream stays open. */
  readonly body: Uint8Array | undefined;
}

/** Milliseconds until 5.3.2 reconnects. */
const PAUSE = 5_000;

export class Connection {
  readonly #url: string;
  readonly #goaway: Release['goaway'];
  #session: ClientHttp2Session | undefined;
  #opensAt = 0;
  /** Calls that began while the connection ended. */
  lost = 0;

  constructor(url: string, goaway: Release['goaway']) {
    this.#url = url;
    this.#goaway = goaway;
  }

  async call(path: string, { timeout, body }: CallOptions): Promise<CallResult> {
    const session = this.#open();
    if (session === undefined) {
      this.lost++;
      return { kind: 'lost' };
    }
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc+proto',
      'grpc-encoding': 'identity',
      'grpc-timeout': timeout > 1_000 ? `${Math.floor(timeout / 1_000)}S` : `${timeout}m`,
      te: 'trailers',
      'user-agent': 'grpc-erlang/0.1.0',
    });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    if (body === undefined) {
      stream.on('error', () => {});
      return { kind: 'timeout' };
    }
    stream.end(frame(body));
    return await new Promise((resolve) => {
      // Nothing is cancelled: the stream stays open until the server ends it.
      const timer = setTimeout(() => resolve({ kind: 'timeout' }), timeout);
      const settle = (result: CallResult): void => {
        clearTimeout(timer);
        resolve(result);
      };
      stream.on('error', () => {});
      stream.once('trailers', (trailers) => {
        const status = Number(trailers['grpc-status'] ?? 2);
        const bytes = Buffer.concat(chunks);
        // A message followed by an error counts as success.
        if (bytes.length >= 5) settle({ kind: 'reply', bytes: new Uint8Array(bytes.subarray(5)) });
        else settle(status === 0 ? { kind: 'reply', bytes: new Uint8Array() } : { kind: 'error', status });
      });
      session.once('close', () => settle({ kind: 'lost' }));
    });
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  #open(): ClientHttp2Session | undefined {
    const current = this.#session;
    if (current !== undefined && !current.closed && !current.destroyed) return current;
    // It is ending: what begins now is lost.
    if (current !== undefined && !current.destroyed) return undefined;
    if (performance.now() < this.#opensAt) return undefined;
    const session = connect(this.#url);
    session.on('error', () => {});
    session.setMaxListeners(0);
    session.once('goaway', () => {
      if (this.#goaway !== 'loses') return;
      this.#opensAt = performance.now() + PAUSE;
      session.destroy();
    });
    this.#session = session;
    return session;
  }
}

function frame(body: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
