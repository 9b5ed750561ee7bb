/** The lean path on our own HTTP/2: unary gRPC, answered in the same turn whenever possible. */
import { Failure } from '../protocol/failure.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';
import type { Connection } from './connections.ts';
import { ACCEPT_ENCODING, PREFIX_BYTES, readFrame, UnsupportedEncoding, writeFrame } from './frame.ts';
import { ErrorCode } from './http2/error-code.ts';
import { writeUint32 } from './http2/frame.ts';
import { encodeFields } from './http2/hpack/encoder.ts';
import type { RequestHead } from './http2/request-head.ts';
import type { Stream, StreamConsumer } from './http2/stream.ts';
import type { Exchange } from './http2/whole-exchange.ts';
import { statusTrailers } from './status.ts';
import {
  type Answer,
  decideCall,
  shedCall,
  UnaryCall,
  type UnaryContext,
  type UnaryReply,
} from './unary-call.ts';

const HEADERS = [
  [':status', '200'],
  ['content-type', 'application/grpc+proto'],
] as const;
/** The response headers of every gRPC answer. */
export const headerBlock = encodeFields(HEADERS);
const unsupportedBlock = encodeFields([...HEADERS, ...Object.entries(ACCEPT_ENCODING)]);
const okBlock = encodeFields([['grpc-status', '0']]);

const NOTHING = new Uint8Array(0);
/** Reused for every answer, which copies it at once. */
const prefix = new Uint8Array(PREFIX_BYTES);

function trailerBlock(failure: Failure): Uint8Array {
  return encodeFields(Object.entries(statusTrailers(failure)));
}

function blockFor(failure: Failure): Uint8Array {
  return failure instanceof UnsupportedEncoding ? unsupportedBlock : headerBlock;
}

/** Answers a complete request: the bytes from `start` to `end`. */
export function answerWhole(
  rpc: Rpc,
  head: RequestHead,
  bytes: Uint8Array,
  start: number,
  end: number,
  exchange: Exchange,
  connection: Connection,
  context: UnaryContext,
): void {
  const complete = context.answered === undefined ? 0 : performance.now();
  const result = decide(rpc, head, bytes, start, end, connection, context);
  if (result instanceof Promise) {
    openCall(exchange.open(), rpc, connection, context).awaitAnswer(result, end - start, complete);
  } else if (replyNow(exchange, result)) {
    connection.served();
    if (complete > 0) context.answered?.(rpc, performance.now() - complete);
  } else openCall(exchange.open(), rpc, connection, context).answer(result);
}

function decide(
  rpc: Rpc,
  head: RequestHead,
  bytes: Uint8Array,
  start: number,
  end: number,
  connection: Connection,
  context: UnaryContext,
): Answer | Promise<Answer> {
  if (!connection.load.mayHold(end - start))
    return shedCall(rpc, 'too many bytes are held: limits.queuedBytes', context);
  try {
    const message = readFrame(bytes, context.maxMessageBytes, start, end);
    return decideCall(rpc, message, head.headers, connection, context, 0);
  } catch (failure) {
    return context.runtime().failed(rpc, failure as Failure);
  }
}

function replyNow(exchange: Exchange, answer: Answer): boolean {
  if (answer instanceof Failure)
    return exchange.reply(blockFor(answer), NOTHING, NOTHING, trailerBlock(answer));
  writeUint32(prefix, 1, answer.length);
  return exchange.reply(headerBlock, prefix, answer, okBlock);
}

/** A call whose body is still arriving. */
export function beginCall(stream: Stream, rpc: Rpc, connection: Connection, context: UnaryContext): void {
  openCall(stream, rpc, connection, context).awaitBody();
}

function openCall(stream: Stream, rpc: Rpc, connection: Connection, context: UnaryContext): UnaryCall {
  connection.began();
  const reply = new StreamReply(stream);
  const call = new UnaryCall(reply, stream.head.headers, rpc, connection, context);
  stream.consumer = new CallConsumer(stream, call);
  return call;
}

class StreamReply implements UnaryReply {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  send(answer: Answer): number {
    if (answer instanceof Failure) {
      this.#stream.respond(blockFor(answer));
      this.#stream.end(trailerBlock(answer));
    } else {
      this.#stream.respond(headerBlock);
      this.#stream.write(writeFrame(answer));
      this.#stream.end(okBlock);
    }
    // The stream counts the bytes that wait.
    return 0;
  }

  abandon(): void {
    this.#stream.reset(ErrorCode.ENHANCE_YOUR_CALM);
  }
}

class CallConsumer implements StreamConsumer {
  readonly #stream: Stream;
  readonly #call: UnaryCall;

  constructor(stream: Stream, call: UnaryCall) {
    this.#stream = stream;
    this.#call = call;
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    this.#call.take(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
    this.#stream.consumed(end - start);
  }

  end(): void {
    this.#call.dispatch();
  }

  closed(): void {
    this.#call.release();
  }
}
