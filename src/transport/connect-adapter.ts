/**
 * Connect's own adapter, for everything that the lean path does not take: gRPC-Web, Connect with JSON or protobuf,
 * health, and malformed requests of all kinds. It ends in the same `call()`.
 *
 * Loaded with the first such request, or when the server is idle after its start.
 */
import type { ServerResponse } from 'node:http';
import type { Message } from '@bufbuild/protobuf';
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from '@connectrpc/connect';
import type { Runtime } from '../core/runtime.ts';
import { Failure } from '../protocol/failure.ts';
import { methodOf } from '../protocol/wire/descriptors.ts';
import { toResponseMessage } from '../protocol/wire/response-message.ts';
import { findRpc, type Rpc, rpcs } from '../protocol/wire/rpc.ts';
import { Health as HealthService } from '../protocol/wire/services.ts';
import { guardBody, headersBehindGuard, isEnveloped } from './body-guard.ts';
import { type CallFlow, mayHaveToWait } from './call-flow.ts';
import { toConnectError } from './connect-error.ts';
import { DEFAULT_TIMEOUT } from './deadline.ts';
import { ACCEPT_ENCODING } from './frame.ts';
import { isGrpcType } from './grpc-type.ts';
import { HEALTH_SERVICE, type Health, type ServingStatus } from './health.ts';
import { type AnyRequest, type AnyResponse, onceClosed } from './http-message.ts';
import { type ConnectionInFlight, Hold, type InFlight } from './in-flight.ts';
import { messageCodec } from './message-codec.ts';
import type { PendingBodies } from './pending-bodies.ts';
import { shed } from './shed.ts';
import { StreamRequest } from './stream-request.ts';
import { toUniversal, writeUniversal } from './universal.ts';
import { mustBeRead, type UnreadAnswers } from './unread.ts';
import { STOPPING, type WatchLimit } from './watch-limit.ts';

export interface ConnectOptions {
  readonly runtime: () => Runtime;
  /** `call`, or the tracing wrapper around it. */
  readonly call: CallFlow;
  readonly health: Health;
  readonly load: InFlight;
  /** Returns what the connection of a request holds. */
  readonly loadOf: (request: AnyRequest) => ConnectionInFlight;
  /** Requests whose body has not arrived yet. */
  readonly waiting: PendingBodies;
  /** Responses that have not been read yet. */
  readonly unread: UnreadAnswers;
  readonly watches: WatchLimit;
  /** Watches that are ending, until their caller has read the status. */
  readonly ending: UnreadAnswers;
  /** Receives the reason why a stream was ended, for the operator's log. */
  readonly refused: (reason: string) => void;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  readonly deadlineFraction: number;
  /** Whether gRPC-Web and Connect are served besides gRPC. */
  readonly connect: boolean;
}

interface Exchange {
  readonly request: AnyRequest;
  readonly response: AnyResponse;
}

const WATCH = `/${HEALTH_SERVICE}/Watch`;

/** Answers a request and returns true; returns false if the path is not a known one. */
export type ConnectHandler = (request: AnyRequest, response: AnyResponse) => boolean;

export function createConnectHandler(options: ConnectOptions): ConnectHandler {
  const router = createConnectRouter({
    grpc: true,
    grpcWeb: options.connect,
    connect: options.connect,
    acceptCompression: [],
    // The prefix and the guard's own check come first; this is the second line of defence.
    readMaxBytes: options.maxMessageBytes,
  });
  addRoutes(router, options);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const handle = handlers.get(path);
    if (handle === undefined) return false;
    if (path === WATCH) {
      const connection = connectionOf(request);
      if (!options.watches.mayBegin(connection)) {
        refuseWatch(request, response, options);
        return true;
      }
      onceClosed(response, options.watches.begin(connection));
    }
    const universal = toUniversal(request, response, createContextValues().set(since, performance.now()));
    if (universal === undefined) {
      refuseMalformed(response);
      return true;
    }
    const load = new Hold(options.loadOf(request));
    onceClosed(response, () => load.release());
    const rpc = findRpc(path);
    const body = guardBody(universal.body as AsyncIterable<Uint8Array>, universal.header, {
      rpc,
      maxMessageBytes: options.maxMessageBytes,
      waiting: options.waiting,
      load,
      failed: (failure) => toConnectError(options.runtime().failed(rpc, failure)),
      shed: (text) => universal.contextValues.set(noRoom, text),
    });
    universal.contextValues.set(exchange, { request, response });
    handle({ ...universal, header: headersBehindGuard(universal.header), body })
      .then((answer) => {
        // A watch is written to for as long as it lasts.
        if (rpc !== undefined || path !== WATCH) mustBeRead(response, options.unread);
        if (isEnveloped(universal.header))
          for (const [name, value] of Object.entries(ACCEPT_ENCODING)) answer.header?.set(name, value);
        return writeUniversal(answer, response);
      })
      // The peer has gone; nobody needs an answer.
      .catch(() => response.destroy());
    return true;
  };
}

/** Start of a request, by `performance.now()`. */
const since = createContextKey(0);
/** Why there is no room for a request. */
const noRoom = createContextKey<string | undefined>(undefined);

/** The request of a call, and where its answer goes. */
const exchange = createContextKey<Exchange | undefined>(undefined);

function refuseMalformed(response: AnyResponse): void {
  const { writeHead } = response as ServerResponse;
  writeHead.call(response, 400, { 'content-type': 'text/plain; charset=utf-8' });
  (response as ServerResponse).end('The host of the request is malformed.\n');
}

const CROWDED = 'too many watches are starting at once: limits.watches, limits.watchesPerConnection';

/** Answers without Connect, which would cost more than there is room for. */
function refuseWatch(request: AnyRequest, response: AnyResponse, { refused, unread }: ConnectOptions): void {
  refused(`${CROWDED}; new ones are refused`);
  const { writeHead, addTrailers } = response as ServerResponse;
  if (request.httpVersionMajor === 2 && isGrpc(request)) {
    const status = { 'grpc-status': String(Code.ResourceExhausted), 'grpc-message': CROWDED };
    writeHead.call(response, 200, { 'content-type': 'application/grpc+proto' });
    addTrailers.call(response, status);
    (response as ServerResponse).end();
  } else {
    writeHead.call(response, 429, { 'content-type': 'text/plain; charset=utf-8' });
    (response as ServerResponse).end(`${CROWDED}\n`);
  }
  mustBeRead(response, unread);
}

/** Whether the request is neither gRPC-Web nor Connect. */
function isGrpc({ headers }: AnyRequest): boolean {
  return isGrpcType(headers['content-type'] ?? '');
}

function addRoutes(router: ConnectRouter, options: ConnectOptions): void {
  for (const rpc of rpcs) router.rpc(methodOf(rpc), implement(rpc, options));
  router.service(HealthService, {
    check: ({ service }) => {
      if (!options.health.has(service)) throw new ConnectError('there is no such service', Code.NotFound);
      return { status: options.health.statusOf(service) };
    },
    watch: ({ service }, context) => watch(service, context, options),
  });
}

/** Streams the state of a service until the caller leaves, the server drains, or there are too many watches. */
async function* watch(
  service: string,
  context: HandlerContext,
  { health, watches, ending }: ConnectOptions,
): AsyncGenerator<{ status: ServingStatus }> {
  const { request, response } = context.values.get(exchange) as Exchange;
  const end = new AbortController();
  let ended: string | undefined;
  context.signal.addEventListener('abort', () => end.abort(), { once: true });
  const leave = watches.enter(connectionOf(request), (reason) => {
    ended = reason;
    // A caller that reads nothing never reads the status either.
    mustBeRead(response, ending);
    end.abort();
  });
  try {
    for await (const status of health.watch(service, end.signal)) yield { status };
    if (ended !== undefined)
      throw new ConnectError(ended, ended === STOPPING ? Code.Unavailable : Code.ResourceExhausted);
  } finally {
    leave();
    if (ended === undefined) mustBeRead(response, ending);
  }
}

/** An HTTP/1.1 connection has one call at a time, but any number in sequence. */
function connectionOf(request: AnyRequest): object {
  if (request instanceof StreamRequest) return request.connection;
  return ('stream' in request ? request.stream.session : undefined) ?? request.socket;
}

function implement(rpc: Rpc, { runtime, call, load, deadlineFraction }: ConnectOptions) {
  return async (request: Message, context: HandlerContext): Promise<Message> => {
    const current = runtime();
    const refuse = (text: string, whole?: Message): Message =>
      unwrap(shed(rpc, current, load, text, toResponseMessage, whole && (() => whole)));
    const full = context.values.get(noRoom);
    if (full !== undefined) return refuse(full);
    if (mayHaveToWait(rpc, current) && !load.mayDecide())
      return refuse('too many calls are in flight: limits.inFlight', request);
    const budget = budgetOf(context, deadlineFraction);
    const result = call(rpc, messageCodec, request, current, budget, context.requestHeader);
    return unwrap(await load.count(result));
  };
}

/** Returns the milliseconds left for the answer. */
function budgetOf(context: HandlerContext, deadlineFraction: number): number {
  const spent = performance.now() - context.values.get(since);
  const left = context.timeoutMs();
  const timeout = left === undefined ? DEFAULT_TIMEOUT : left + spent;
  return Math.max(0, timeout * deadlineFraction - spent);
}

function unwrap(result: Message | Failure): Message {
  if (result instanceof Failure) throw toConnectError(result);
  return result;
}
