/** A rude client on bare node:http2: sends whatever it is told, and reports everything it receives. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The response on a stream. */
export interface Heard {
  /** HTTP status; 0 when there were no response headers. */
  readonly http: number;
  /** gRPC status; -1 when there was none. */
  readonly status: number;
  readonly message: string;
  /** The trailer exhook-failure. */
  readonly failure: string | undefined;
  /** Whether headers came first, and the status after them in trailers: the only form that every broker notices. */
  readonly isInTrailers: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly path?: string;
  readonly method?: string;
  /** Added to a broker's headers; `undefined` removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array;
  /** Whether the stream is ended after the body. Default: yes. */
  readonly end?: boolean;
}

/** The headers of EMQX. */
const ofBroker = {
  'content-type': 'application/grpc+proto',
  'grpc-encoding': 'identity',
  'grpc-timeout': '5S',
  te: 'trailers',
  'user-agent': 'grpc-erlang/0.1.0',
};

export class RawClient {
  readonly session: ClientHttp2Session;

  constructor(url: string, options = {}) {
    // Node counts unsent bytes, in MiB.
    this.session = connect(url, { maxSessionMemory: 256, ...options });
    this.session.on('error', () => {});
  }

  open({ path = '/', method = 'POST', headers = {}, body, end = true }: RawRequest): ClientHttp2Stream {
    const given = Object.entries({ ...ofBroker, ...headers }).filter(([, value]) => value !== undefined);
    const fields = {
      ':method': method,
      ':path': path,
      ...(Object.fromEntries(given) as Record<string, string>),
    };
    const stream = this.session.request(fields, { endStream: end && body === undefined });
    stream.on('error', () => {});
    if (body !== undefined) {
      if (end) stream.end(body);
      else stream.write(body);
    }
    return stream;
  }

  /** Resolves when the server has ended its half of the stream, or the stream is closed. */
  async send(request: RawRequest): Promise<Heard> {
    return await listenTo(this.open(request));
  }

  close(): void {
    this.session.destroy();
  }
}

export function listenTo(stream: ClientHttp2Stream): Promise<Heard> {
  return new Promise((resolve) => {
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on('response', (fields) => {
      headers = fields;
    });
    stream.on('trailers', (fields) => {
      trailers = fields;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const settle = () => {
      const status = trailers['grpc-status'] ?? headers['grpc-status'];
      resolve({
        http: Number(headers[':status'] ?? 0),
        status: status === undefined ? -1 : Number(status),
        message: decodeURIComponent(String(trailers['grpc-message'] ?? headers['grpc-message'] ?? '')),
        failure: trailers['exhook-failure'] as string | undefined,
        isInTrailers: headers['grpc-status'] === undefined && trailers['grpc-status'] !== undefined,
        headers,
        body: Buffer.concat(chunks),
      });
      // Our half may still be open: nothing more is to be said on it.
      stream.close(constants.NGHTTP2_NO_ERROR);
    };
    // Node reports the end of a body before the trailers that end it.
    stream.once('end', () => setImmediate(settle));
    stream.once('close', settle);
  });
}

/** A client that goes with the test. */
export function aRawClient(url: string, options = {}): RawClient {
  const client = new RawClient(url, options);
  onTestFinished(() => client.close());
  return client;
}

/** Five bytes of gRPC in front of a message. */
export function frame(message: Uint8Array, { flag = 0, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** Sends bytes over TCP. Resolves to all that came back, when the server has closed the connection. */
export function sendBytes(port: number, bytes: Uint8Array | string, end = false): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = openSocket(port);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('close', () => resolve(Buffer.concat(chunks)));
    if (end) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** A TCP connection that goes with the test. */
export function openSocket(port: number): Socket {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}
