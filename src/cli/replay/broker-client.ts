/** Calls a provider like a broker: unary gRPC on a few long-lived HTTP/2 connections, without compression. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type SecureClientSessionOptions,
} from 'node:http2';
import { PREFIX_BYTES, readFrame, writeFrame } from '../../transport/frame.ts';

/** The outcome of a call. */
export interface CallResult {
  /** gRPC status; 0 is success. -1 when there was no answer at all. */
  readonly status: number;
  /** Why it failed. */
  readonly message: string;
  /** The reply, when there is one. */
  readonly reply: Uint8Array | undefined;
  /** Milliseconds from the first byte out to the last byte in. */
  readonly duration: number;
}

export interface BrokerClient {
  /** Whether calls can still be made on the connection. */
  readonly isOpen: boolean;
  call(
    path: string,
    message: Uint8Array,
    headers: Readonly<Record<string, string>>,
    timeout: number,
  ): Promise<CallResult>;
  close(): void;
}

/** Largest reply that is read, in bytes: more than any message a broker accepts. */
const MAX_REPLY = 1024 * 1024 * 1024;

export interface BrokerClientOptions {
  /** In PEM: authorities to trust instead of Node's own, and a client certificate with its key. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
}

/** @param url `http://host:port` for cleartext with prior knowledge, `https://` for TLS. */
export async function connectBroker(
  url: string,
  { tls = {} }: BrokerClientOptions = {},
): Promise<BrokerClient> {
  const session = await openSession(url, tls);
  return {
    get isOpen() {
      return !session.closed && !session.destroyed;
    },
    call: (path, message, headers, timeout) => callOn(session, path, message, headers, timeout),
    close: () => session.close(),
  };
}

function openSession(url: string, options: SecureClientSessionOptions): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const session = connect(url, options);
    session.once('error', reject);
    session.once('connect', () => {
      session.off('error', reject);
      // A broken connection fails its calls, which report it.
      session.on('error', () => {});
      resolve(session);
    });
  });
}

function callOn(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  headers: Readonly<Record<string, string>>,
  timeout: number,
): Promise<CallResult> {
  return new Promise((resolve) => {
    const start = performance.now();
    const answer = {
      status: -1,
      message: 'the connection was closed without an answer',
      chunks: [] as Buffer[],
    };
    const settle = (): void => {
      clearTimeout(timer);
      const duration = performance.now() - start;
      const { status, message } = answer;
      try {
        resolve({ status, message, reply: replyOf(status, answer.chunks), duration });
      } catch (error) {
        resolve({
          status: -1,
          message: `the reply: ${(error as Error).message}`,
          reply: undefined,
          duration,
        });
      }
    };
    let timer: NodeJS.Timeout | undefined;
    if (session.closed || session.destroyed) return settle();
    const stream = attempt(() =>
      session.request({ ...headers, ':method': 'POST', ':path': path, te: 'trailers' }),
    );
    if (stream instanceof Error) {
      answer.message = stream.message;
      return settle();
    }
    timer = setTimeout(() => {
      answer.message = `no answer within ${timeout} ms`;
      stream.close(constants.NGHTTP2_CANCEL);
    }, timeout);
    const readStatus = (fields: Readonly<Record<string, unknown>>): void => {
      if (fields['grpc-status'] === undefined) return;
      answer.status = Number(fields['grpc-status']);
      answer.message = decodeMessage(String(fields['grpc-message'] ?? ''));
    };
    stream.on('response', (fields) => {
      answer.message = `HTTP status ${fields[':status']} without a gRPC status`;
      readStatus(fields);
    });
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => answer.chunks.push(chunk));
    stream.on('error', (error) => {
      if (answer.status < 0) answer.message = error.message;
    });
    stream.once('close', settle);
    stream.end(writeFrame(message));
  });
}

/** Recorded headers may be invalid in HTTP/2. */
function attempt(request: () => ClientHttp2Stream): ClientHttp2Stream | Error {
  try {
    return request();
  } catch (error) {
    return error as Error;
  }
}

/** Decodes percent-encoding, which some servers omit. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws Failure when a broker could not read it. */
function replyOf(status: number, chunks: Buffer[]): Uint8Array | undefined {
  const body = Buffer.concat(chunks);
  if (status !== 0 || body.length < PREFIX_BYTES) return undefined;
  return readFrame(body, MAX_REPLY);
}
