/**
 * The lean path: unary gRPC straight on streams of node:http2.
 *
 * It takes the one shape of request that brokers send. Nothing is awaited, and no promise, AbortController,
 * URL or Headers object is made, unless a hook asks a question or its events make the answer wait.
 * docs/performance.md has the reason in numbers.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Hook } from '../core/hook.ts';
import type { Runtime } from '../core/runtime.ts';
import type { Link } from '../lib/linked-list.ts';
import { Failure } from '../protocol/failure.ts';
import { decode } from '../protocol/wire/decode.ts';
import { encode } from '../protocol/wire/encode.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { append, compact } from './body.ts';
import type { CallFlow } from './call-flow.ts';
import { binaryCodec } from './codecs.ts';
import type { Connection } from './connections.ts';
import { createTimeoutParser } from './deadline.ts';
import {
  ACCEPT_ENCODING,
  PREFIX_BYTES,
  readPrefix,
  takeMessage,
  UnsupportedEncoding,
  writeFrame,
} from './frame.ts';
import type { InFlight } from './in-flight.ts';
import type { PendingBodies, PendingBody, Slot } from './pending-bodies.ts';
import { sendHead, sendTrailers } from './respond.ts';
import { shed } from './shed.ts';
import { statusTrailers } from './status.ts';
import { resetUnread, type Unread, type UnreadAnswers } from './unread.ts';

/** What the streams of a server share. */
export interface UnaryContext {
  /** Read for every call: a new configuration takes effect between two calls. */
  readonly runtime: () => Runtime;
  /** `call`, unless somebody traces. */
  readonly call: CallFlow;
  readonly load: InFlight;
  readonly waiting: PendingBodies;
  /** The streams whose answer was not read yet. */
  readonly unread: UnreadAnswers;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  /** Part of the caller's timeout after which the answer goes out. */
  readonly deadlineFraction: number;
  /** Sees every request that was read whole. */
  readonly received?:
    | ((rpc: Rpc, message: Uint8Array, headers: IncomingHttpHeaders, connection: number) => void)
    | undefined;
  /** Told how long a request that was read whole had to wait until its reply was written, in milliseconds. */
  readonly answered?: ((rpc: Rpc, milliseconds: number) => void) | undefined;
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' };
const UNSUPPORTED_HEADERS = { ...HEADERS, ...ACCEPT_ENCODING };
const OK_TRAILERS = { 'grpc-status': '0' };

const NOTHING = Buffer.alloc(0);

const parseTimeout = createTimeoutParser();
const now = (): number => performance.now();

/** Where a stream keeps its call, so that the listeners of all streams are the same few functions. */
const CALL = Symbol('call');

type CallStream = ServerHttp2Stream & { [CALL]: UnaryStream };

/** One call on one stream. */
export class UnaryStream implements PendingBody, Unread {
  /** When the stream was opened, then when it was answered. */
  since = now();
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #rpc: Rpc;
  readonly #context: UnaryContext;
  readonly #connection: Connection;
  /** As received, perhaps with room at its end. */
  #body: Buffer | undefined;
  /** Bytes received. */
  #size = 0;
  /** Bytes of the message, once its prefix has come. */
  #length: number | undefined;
  /** Bytes that the load counts: of the request, then of the reply. */
  #held = 0;
  /** When the request was complete, if somebody wants to know. */
  #complete = 0;
  #isAnswered = false;
  /** While the body has not come, and then while the answer was not read. */
  #place: Slot | Link<Unread> | undefined;
  /** For the listeners below, as are the methods without a `#`. */
  trailers: Record<string, string> = OK_TRAILERS;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rpc: Rpc,
    connection: Connection,
    context: UnaryContext,
  ) {
    this.#connection = connection;
    this.#stream = stream;
    this.#headers = headers;
    this.#rpc = rpc;
    this.#context = context;
    this.#place = context.waiting.enter(this);
    (stream as CallStream)[CALL] = this;
    stream.on('data', onData);
    stream.on('end', onEnd);
    stream.on('wantTrailers', onWantTrailers);
    stream.on('close', onClose);
    stream.on('error', ignoreError);
  }

  expire(): void {
    this.#fail(new Failure('deadline', 'the request body did not come in time'));
  }

  evict(): void {
    this.#shed('too many requests wait for their body');
  }

  take(chunk: Buffer): void {
    if (this.#isAnswered) return;
    const { load } = this.#connection;
    if (!load.mayHold(chunk.length)) {
      this.#shed('too many bytes are held: limits.queuedBytes');
      return;
    }
    this.#hold(this.#held + chunk.length);
    this.#body = append(this.#body, this.#size, chunk);
    this.#size += chunk.length;
    try {
      const end = PREFIX_BYTES + this.#readLength(this.#body);
      if (this.#size > end) throw new Failure('invalid_request', 'the request holds more than one message');
      if (this.#size < end) this.#body = compact(this.#body, this.#size);
    } catch (failure) {
      this.#fail(failure as Failure);
    }
  }

  /** Bytes of the message, by the first bytes of the body; none while those have not come. */
  #readLength(body: Buffer): number {
    if (this.#length === undefined && this.#size >= PREFIX_BYTES)
      this.#length = readPrefix(body, this.#context.maxMessageBytes);
    return this.#length ?? 0;
  }

  dispatch(): void {
    if (this.#isAnswered) return;
    this.#leave();
    const { received, load, answered, call } = this.#context;
    if (answered !== undefined) this.#complete = now();
    const runtime = this.#context.runtime();
    const hook = runtime.hooks[this.#rpc.hook] as Hook;
    try {
      const message = takeMessage(this.#body ?? NOTHING, this.#size, this.#length ?? 0);
      received?.(this.#rpc, message, this.#headers, this.#connection.id);
      const timeout = parseTimeout(this.#headers['grpc-timeout'] as string | undefined);
      const mayWait = hook.needs !== undefined || runtime.waits?.has(this.#rpc.hook) === true;
      const budget = mayWait ? this.#remaining(timeout) : timeout;
      if (mayWait && !load.mayDecide()) {
        this.#shed('too many calls are in flight: limits.inFlight', message);
        return;
      }
      const result = call(this.#rpc, binaryCodec, message, runtime, budget, this.#headers);
      if (result instanceof Promise) this.#answerLater(result);
      else this.#answer(result);
    } catch (failure) {
      this.#fail(failure as Failure);
    }
  }

  /** Milliseconds that are left for the answer. */
  #remaining(timeout: number): number {
    return Math.max(0, timeout * this.#context.deadlineFraction - (now() - this.since));
  }

  #answerLater(result: Promise<Uint8Array | Failure>): void {
    const { load } = this.#context;
    load.deciding++;
    result.then((settled) => {
      load.deciding--;
      this.#answer(settled);
    });
  }

  #answer(result: Uint8Array | Failure): void {
    if (!(result instanceof Failure)) this.#end(writeFrame(result), OK_TRAILERS);
    else if (result instanceof UnsupportedEncoding)
      this.#end(undefined, statusTrailers(result), UNSUPPORTED_HEADERS);
    else this.#end(undefined, statusTrailers(result));
  }

  /** Ends a call that did not get as far as its hook. */
  #fail(failure: Failure): void {
    this.#answer(this.#context.runtime().failed(this.#rpc, failure));
  }

  #shed(text: string, message?: Uint8Array): void {
    const request = message && (() => decode(this.#rpc, message));
    this.#answer(shed(this.#rpc, this.#context.runtime(), this.#context.load, text, encode, request));
  }

  #end(
    frame: Buffer | undefined,
    trailers: Record<string, string>,
    headers: Record<string, string | number> = HEADERS,
  ): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#leave();
    this.#free(frame?.length ?? 0);
    this.trailers = trailers;
    sendHead(this.#stream, headers, frame);
    this.since = now();
    this.#place = this.#context.unread.enter(this);
    if (this.#complete > 0) this.#context.answered?.(this.#rpc, this.since - this.#complete);
  }

  abandon(): void {
    resetUnread(this.#stream);
  }

  /** The request is of no use any more; the reply is held until the caller has read it. */
  #free(replyBytes: number): void {
    this.#hold(replyBytes);
    this.#body = undefined;
  }

  release(): void {
    this.#isAnswered = true;
    this.#leave();
    this.#free(0);
    this.#connection.ended();
  }

  /** What was awaited has come, or is not awaited any more. */
  #leave(): void {
    this.#place?.remove();
    this.#place = undefined;
  }

  #hold(bytes: number): void {
    this.#connection.load.hold(bytes - this.#held);
    this.#held = bytes;
  }
}

function onData(this: CallStream, chunk: Buffer): void {
  this[CALL].take(chunk);
}

function onEnd(this: CallStream): void {
  this[CALL].dispatch();
}

function onWantTrailers(this: CallStream): void {
  sendTrailers(this, this[CALL].trailers);
}

function onClose(this: CallStream): void {
  this[CALL].release();
}

/** A stream that breaks has nobody left to answer; its `close` frees what it held. */
function ignoreError(): void {}
