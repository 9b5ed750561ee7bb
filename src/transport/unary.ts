/**
 * The lean path on node:http2, for `listen.http2: node`: unary gRPC directly on its streams. It takes the one shape of
 * request that brokers send. See docs/http2.md for the other transport.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Failure } from '../protocol/failure.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import type { Connection } from './connections.ts';
import { ACCEPT_ENCODING, UnsupportedEncoding, writeFrame } from './frame.ts';
import { sendHead, sendTrailers } from './respond.ts';
import { statusTrailers } from './status.ts';
import { type Answer, UnaryCall, type UnaryContext, type UnaryReply } from './unary-call.ts';
import { resetUnread } from './unread.ts';

const HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' };
const UNSUPPORTED_HEADERS = { ...HEADERS, ...ACCEPT_ENCODING };
const OK_TRAILERS = { 'grpc-status': '0' };

/** Property of a stream that holds its call: all streams then share the same listener functions. */
const CALL = Symbol('call');

type CallStream = ServerHttp2Stream & { [CALL]: UnaryStream };

/** One call on one stream. */
export class UnaryStream implements UnaryReply {
  readonly call: UnaryCall;
  trailers: Record<string, string> = OK_TRAILERS;
  readonly #stream: ServerHttp2Stream;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rpc: Rpc,
    connection: Connection,
    context: UnaryContext,
  ) {
    this.#stream = stream;
    this.call = new UnaryCall(this, headers, rpc, connection, context);
    this.call.awaitBody();
    (stream as CallStream)[CALL] = this;
    stream.on('data', onData);
    stream.on('end', onEnd);
    stream.on('wantTrailers', onWantTrailers);
    stream.on('close', onClose);
    stream.on('error', ignoreError);
  }

  send(answer: Answer): number {
    if (!(answer instanceof Failure)) return this.#end(writeFrame(answer), OK_TRAILERS);
    const headers = answer instanceof UnsupportedEncoding ? UNSUPPORTED_HEADERS : HEADERS;
    return this.#end(undefined, statusTrailers(answer), headers);
  }

  #end(
    frame: Buffer | undefined,
    trailers: Record<string, string>,
    headers: Record<string, string | number> = HEADERS,
  ): number {
    this.trailers = trailers;
    sendHead(this.#stream, headers, frame);
    return frame?.length ?? 0;
  }

  abandon(): void {
    resetUnread(this.#stream);
  }
}

function onData(this: CallStream, chunk: Buffer): void {
  this[CALL].call.take(chunk);
}

function onEnd(this: CallStream): void {
  this[CALL].call.dispatch();
}

function onWantTrailers(this: CallStream): void {
  sendTrailers(this, this[CALL].trailers);
}

function onClose(this: CallStream): void {
  this[CALL].call.release();
}

/** A broken stream cannot be answered; its `close` releases what it held. */
function ignoreError(): void {}
