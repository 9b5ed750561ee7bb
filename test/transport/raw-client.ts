/**
 * Clients that are not ours: one on node:http2 that shows what went over the wire, and one on node:net for
 * connections and frames that no well-behaved client makes.
 */
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2';
import { connect as connectNet, type Socket } from 'node:net';

/** The response on one stream. */
export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty when the stream had none. */
  readonly trailers: IncomingHttpHeaders;
  /** Whether the first HEADERS frame ended the stream: "trailers only", in the words of gRPC. */
  readonly isTrailersOnly: boolean;
  readonly body: Buffer;
  /** Of RST_STREAM; 0 when there was none, or when it only said that the rest of the request is not needed. */
  readonly resetCode: number;
}

/** A gRPC message with its prefix. */
export function frame(message: Uint8Array, { flags = 0, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** The messages in a response body. Throws when it does not end with one. */
export function messagesIn(body: Buffer): { flags: number; message: Buffer }[] {
  const found = [];
  for (let at = 0; at < body.length; ) {
    const length = body.readUInt32BE(at + 1);
    if (at + 5 + length > body.length) throw new Error('the response ends within a message');
    found.push({ flags: body[at] ?? 0, message: body.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return found;
}

/** The header block of a broker's call. */
export function grpcHeaders(path: string, overrides: OutgoingHttpHeaders = {}): OutgoingHttpHeaders {
  return {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc+proto',
    'user-agent': 'grpc-erlang/0.1.0',
    'grpc-encoding': 'identity',
    te: 'trailers',
    'grpc-timeout': '5S',
    ...overrides,
  };
}

export interface Pending {
  readonly stream: ClientHttp2Stream;
  readonly answer: Promise<Answer>;
}

/** Node resets the streams of a client that has more than this to send, in MiB; its default is less than a large message. */
const SESSION_MEMORY = 256;

/** One HTTP/2 connection. */
export class RawClient {
  readonly session: ClientHttp2Session;

  constructor(url: string, options: SecureClientSessionOptions = {}) {
    this.session = connectHttp2(url, { maxSessionMemory: SESSION_MEMORY, ...options });
    this.session.on('error', ignoreError);
  }

  /** Opens a stream and leaves it open. */
  open(headers: OutgoingHttpHeaders): Pending {
    const stream = this.session.request(headers, { endStream: false });
    return { stream, answer: readAnswer(stream) };
  }

  /** Sends a whole request. Pieces become a DATA frame each. */
  send(headers: OutgoingHttpHeaders, ...pieces: Uint8Array[]): Promise<Answer> {
    const { stream, answer } = this.open(headers);
    for (const piece of pieces) stream.write(piece);
    stream.end();
    return answer;
  }

  /** Calls an RPC with a message. */
  call(path: string, message: Uint8Array, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.send(grpcHeaders(path, headers), frame(message));
  }

  /** Calls without a body: GET and HEAD. */
  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const stream = this.session.request({ ':method': 'GET', ':path': path, ...headers });
    return readAnswer(stream);
  }

  async close(): Promise<void> {
    if (this.session.destroyed) return;
    this.session.destroy();
    await once(this.session, 'close');
  }
}

function readAnswer(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let headers: IncomingHttpHeaders | undefined;
    let trailers: IncomingHttpHeaders = {};
    let isTrailersOnly = false;
    stream.on('response', (received, flags) => {
      headers = received;
      isTrailersOnly = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    });
    stream.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Writes after the answer find a closed stream: that is not a failure of the answer.
    stream.on('error', ignoreError);
    stream.on('close', () => {
      if (headers === undefined) return reject(new Error(`no answer: RST_STREAM ${stream.rstCode}`));
      const status = Number(headers[':status']);
      const body = Buffer.concat(chunks);
      resolve({ status, headers, trailers, isTrailersOnly, body, resetCode: stream.rstCode ?? 0 });
    });
  });
}

/** A connection for bytes made by hand. */
export class RawSocket {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connectNet({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', ignoreError);
    this.socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  get received(): Buffer {
    return this.#received;
  }

  /** Resolves when the kernel has the bytes: the next ones go into another packet. */
  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Resolves when the predicate holds of all that was received; fails when the connection ends before. */
  async receive(isEnough: (received: Buffer) => boolean): Promise<Buffer> {
    while (!isEnough(this.#received)) {
      if (this.socket.closed) throw new Error('the connection ended');
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
    return this.#received;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** An HTTP/2 frame. [RFC 9113, section 4.1] */
export function http2Frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Types of the received frames, with their flags and streams. */
export function framesIn(
  received: Buffer,
): { type: number; flags: number; stream: number; payload: Buffer }[] {
  const found = [];
  for (let at = 0; at + 9 <= received.length; ) {
    const length = received.readUIntBE(at, 3);
    if (at + 9 + length > received.length) break;
    found.push({
      type: received[at + 3] ?? 0,
      flags: received[at + 4] ?? 0,
      stream: received.readUInt32BE(at + 5) & 0x7fff_ffff,
      payload: received.subarray(at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return found;
}

/** The first bytes of every HTTP/2 client. [RFC 9113, section 3.4] */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Resolves when the condition holds. The wait is bounded by the timeout of the test. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function ignoreError(): void {}
