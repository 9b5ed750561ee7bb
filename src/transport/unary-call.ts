/**
 * Runs one unary gRPC call, on either transport. It awaits nothing, and creates no promise, AbortController, URL or
 * Headers object, unless a hook asks a question or its events delay the answer.
 */
import type { IncomingHttpHeaders } from 'node:http2';
import type { Runtime } from '../core/runtime.ts';
import type { Link } from '../lib/linked-list.ts';
import { Failure } from '../protocol/failure.ts';
import { decode } from '../protocol/wire/decode.ts';
import { encode } from '../protocol/wire/encode.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import { append, compact } from './body.ts';
import { type CallFlow, mayHaveToWait } from './call-flow.ts';
import { binaryCodec } from './codecs.ts';
import type { Connection } from './connections.ts';
import { createTimeoutParser } from './deadline.ts';
import { PREFIX_BYTES, readPrefix, takeMessage } from './frame.ts';
import type { InFlight } from './in-flight.ts';
import type { PendingBodies, PendingBody, Slot } from './pending-bodies.ts';
import { shed } from './shed.ts';
import type { Unread, UnreadAnswers } from './unread.ts';

/** What the calls of a server share. */
export interface UnaryContext {
  /** Read for every call: a new configuration takes effect between two calls. */
  readonly runtime: () => Runtime;
  /** `call`, or the tracing wrapper around it. */
  readonly call: CallFlow;
  readonly load: InFlight;
  readonly waiting: PendingBodies;
  /** Streams whose answer has not been read yet. */
  readonly unread: UnreadAnswers;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  /** Share of the caller's timeout after which the answer is sent. */
  readonly deadlineFraction: number;
  /** Called with every request that was read completely. */
  readonly received?:
    | ((rpc: Rpc, message: Uint8Array, headers: IncomingHttpHeaders, connection: number) => void)
    | undefined;
  /** Called with the milliseconds between the end of a request and the writing of its reply. */
  readonly answered?: ((rpc: Rpc, milliseconds: number) => void) | undefined;
}

/** The result of a call: a message, or why there is none. */
export type Answer = Uint8Array | Failure;

const NOTHING = Buffer.alloc(0);

const parseTimeout = createTimeoutParser();
const now = (): number => performance.now();

/**
 * Decides a call whose request is complete.
 *
 * @param spent milliseconds since the request began.
 * @throws Failure if it cannot be decided at all.
 */
export function decideCall(
  rpc: Rpc,
  message: Uint8Array,
  headers: IncomingHttpHeaders,
  connection: Connection,
  context: UnaryContext,
  spent: number,
): Answer | Promise<Answer> {
  const { received, load, call, deadlineFraction } = context;
  const runtime = context.runtime();
  received?.(rpc, message, headers, connection.id);
  const timeout = parseTimeout(headers['grpc-timeout'] as string | undefined);
  const mayWait = mayHaveToWait(rpc, runtime);
  const budget = mayWait ? Math.max(0, timeout * deadlineFraction - spent) : timeout;
  if (mayWait && !load.mayDecide())
    return shedCall(rpc, 'too many calls are in flight: limits.inFlight', context, message);
  return load.count(call(rpc, binaryCodec, message, runtime, budget, headers));
}

/** Answers a call for which there is no room. */
export function shedCall(
  rpc: Rpc,
  text: string,
  { runtime, load }: UnaryContext,
  message?: Uint8Array,
): Answer {
  const request = message && (() => decode(rpc, message));
  return shed(rpc, runtime(), load, text, encode, request);
}

/** Counts a call of an unknown method. */
export function failUnknown({ runtime }: UnaryContext): Failure {
  return runtime().failed(undefined, new Failure('unknown_method', 'there is no such service or method'));
}

/** Where the answer to a call goes. */
export interface UnaryReply {
  /** Sends it. @returns additional bytes to hold until it has been read. */
  send(answer: Answer): number;
  /** The caller does not read it: ends the stream. */
  abandon(): void;
}

/** A call that is not answered in the turn of its request. */
export class UnaryCall implements PendingBody, Unread {
  /** When the stream was opened; later, when it was answered. */
  since = now();
  readonly #reply: UnaryReply;
  readonly #headers: IncomingHttpHeaders;
  readonly #rpc: Rpc;
  readonly #context: UnaryContext;
  readonly #connection: Connection;
  /** As received, possibly with spare room at its end. */
  #body: Buffer | undefined;
  /** Bytes received. */
  #size = 0;
  /** Bytes of the message, once its prefix has arrived. */
  #length: number | undefined;
  /** Bytes counted as held: of the request, then of the reply. */
  #held = 0;
  /** When the request was complete, if a listener needs it. */
  #complete = 0;
  #isAnswered = false;
  #isReleased = false;
  /** Entry in the list of missing bodies, later in the list of unread answers. */
  #place: Slot | Link<Unread> | undefined;

  constructor(
    reply: UnaryReply,
    headers: IncomingHttpHeaders,
    rpc: Rpc,
    connection: Connection,
    context: UnaryContext,
  ) {
    this.#connection = connection;
    this.#reply = reply;
    this.#headers = headers;
    this.#rpc = rpc;
    this.#context = context;
  }

  /** Starts the time limit for the body. */
  awaitBody(): void {
    this.#place = this.#context.waiting.enter(this);
  }

  expire(): void {
    this.#fail(new Failure('deadline', 'the request body did not arrive in time'));
  }

  evict(): void {
    this.#shed('too many requests are waiting for their body');
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
      if (this.#size > end)
        throw new Failure('invalid_request', 'the request contains more than one message');
      if (this.#size < end) this.#body = compact(this.#body, this.#size);
    } catch (failure) {
      this.#fail(failure as Failure);
    }
  }

  /** Returns the length of the message from the first bytes of the body; undefined until they have arrived. */
  #readLength(body: Buffer): number {
    if (this.#length === undefined && this.#size >= PREFIX_BYTES)
      this.#length = readPrefix(body, this.#context.maxMessageBytes);
    return this.#length ?? 0;
  }

  dispatch(): void {
    if (this.#isAnswered) return;
    this.#leave();
    if (this.#context.answered !== undefined) this.#complete = now();
    try {
      const message = takeMessage(this.#body ?? NOTHING, this.#size, this.#length ?? 0);
      const spent = now() - this.since;
      const result = decideCall(this.#rpc, message, this.#headers, this.#connection, this.#context, spent);
      if (result instanceof Promise) result.then((settled) => this.answer(settled));
      else this.answer(result);
    } catch (failure) {
      this.#fail(failure as Failure);
    }
  }

  /** Takes a request that was complete from the start and is already decided: only its answer is awaited. */
  awaitAnswer(result: Promise<Answer>, bytes: number, complete: number): void {
    this.#hold(bytes);
    this.#complete = complete;
    result.then((settled) => this.answer(settled));
  }

  /** Ends a call that did not reach its hook. */
  #fail(failure: Failure): void {
    this.answer(this.#context.runtime().failed(this.#rpc, failure));
  }

  #shed(text: string): void {
    this.answer(shedCall(this.#rpc, text, this.#context));
  }

  /** Sends the answer, once. */
  answer(answer: Answer): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#leave();
    this.#body = undefined;
    // Release the request; the reply is held until the caller has read it.
    const held = this.#reply.send(answer);
    this.since = now();
    if (this.#complete > 0) this.#context.answered?.(this.#rpc, this.since - this.#complete);
    if (this.#isReleased) return;
    this.#hold(held);
    this.#place = this.#context.unread.enter(this);
  }

  abandon(): void {
    this.#reply.abandon();
  }

  /** The stream is closed. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#isAnswered = true;
    this.#leave();
    this.#body = undefined;
    this.#hold(0);
    this.#connection.ended();
  }

  /** Stops waiting: it has arrived, or is not needed any more. */
  #leave(): void {
    this.#place?.remove();
    this.#place = undefined;
  }

  #hold(bytes: number): void {
    if (bytes === this.#held) return;
    this.#connection.load.hold(bytes - this.#held);
    this.#held = bytes;
  }
}
