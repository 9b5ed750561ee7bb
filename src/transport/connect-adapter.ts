/**
 * Connect's own adapter for everything that the lean path does not take: gRPC-Web, Connect with JSON or
 * protobuf, health, and whatever is wrong in an interesting way. It ends in the same `call()`.
 *
 * Loaded when the first such request comes, or when the server is idle after its start.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
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
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import { Failure } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { methodOf } from '../wire/descriptors.ts';
import { lower } from '../wire/lower.ts';
import { findRpc, type Rpc, rpcs } from '../wire/rpc.ts';
import { Health as HealthService } from '../wire/services.ts';
import { guardBody, headersBehindGuard } from './body-guard.ts';
import type { CallFlow } from './call-flow.ts';
import { toConnectError } from './connect-error.ts';
import { DEFAULT_TIMEOUT } from './deadline.ts';
import type { Health } from './health.ts';
import { type ConnectionLoad, Hold, type Load } from './load.ts';
import { messageCodec } from './message-codec.ts';
import { shed } from './shed.ts';
import type { WaitingRoom } from './waiting.ts';

export interface ConnectOptions {
  readonly shell: () => Shell;
  /** `call`, unless somebody traces. */
  readonly call: CallFlow;
  readonly health: Health;
  readonly load: Load;
  /** What the connection of a request holds. */
  readonly loadOf: (request: Request) => ConnectionLoad;
  /** The requests whose body has not come yet. */
  readonly waiting: WaitingRoom;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  readonly deadlineFraction: number;
  /** Whether gRPC-Web and Connect are served besides gRPC. */
  readonly connect: boolean;
  /** Ends watches when the server drains. */
  readonly shutdown: AbortSignal;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Answers a request and says so, or returns `false` when its path is none of ours. */
export type ConnectHandler = (request: Request, response: Response) => boolean;

export function createConnectHandler(options: ConnectOptions): ConnectHandler {
  const router = createConnectRouter({
    grpc: true,
    grpcWeb: options.connect,
    connect: options.connect,
    acceptCompression: [],
    // The prefix and the guard's own check come first; this is the second line.
    readMaxBytes: options.maxMessageBytes,
    shutdownSignal: options.shutdown,
  });
  addRoutes(router, options);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const handle = handlers.get(path);
    if (handle === undefined) return false;
    const universal = toUniversal(request, response);
    if (universal === undefined) {
      refuseMalformed(response);
      return true;
    }
    const load = new Hold(options.loadOf(request));
    response.once('close', () => load.release());
    const rpc = findRpc(path);
    const body = guardBody(universal.body as AsyncIterable<Uint8Array>, universal.header, {
      rpc,
      maxMessageBytes: options.maxMessageBytes,
      waiting: options.waiting,
      load,
      failed: (failure) => toConnectError(options.shell().failed(rpc, failure)),
      shed: (text) => universal.contextValues.set(noRoom, text),
    });
    handle({ ...universal, header: headersBehindGuard(universal.header), body })
      .then((answer) => universalResponseToNodeResponse(answer, response))
      // The peer has gone: there is nobody to answer.
      .catch(() => response.destroy());
    return true;
  };
}

/** When a request began, by `performance.now()`. */
const since = createContextKey(0);
/** Why there is no room for a request. */
const noRoom = createContextKey<string | undefined>(undefined);

/** Nothing when the request says of itself what no URL can hold, such as a host with a blank in it. */
function toUniversal(request: Request, response: Response) {
  const contextValues = createContextValues().set(since, performance.now());
  try {
    return {
      ...universalRequestFromNodeRequest(request, response, undefined, contextValues),
      contextValues,
    };
  } catch {
    return undefined;
  }
}

function refuseMalformed(response: Response): void {
  const { writeHead } = response as ServerResponse;
  writeHead.call(response, 400, { 'content-type': 'text/plain; charset=utf-8' });
  (response as ServerResponse).end('The host of the request cannot be understood.\n');
}

function addRoutes(router: ConnectRouter, options: ConnectOptions): void {
  for (const rpc of rpcs) router.rpc(methodOf(rpc), implement(rpc, options));
  router.service(HealthService, {
    check: ({ service }) => {
      if (!options.health.has(service)) throw new ConnectError('there is no such service', Code.NotFound);
      return { status: options.health.statusOf(service) };
    },
    async *watch({ service }, context) {
      for await (const status of options.health.watch(service, context.signal)) yield { status };
    },
  });
}

function implement(rpc: Rpc, { shell, call, load, deadlineFraction }: ConnectOptions) {
  return async (request: Message, context: HandlerContext): Promise<Message> => {
    const current = shell();
    const refuse = (text: string, whole?: Message): Message =>
      unwrap(shed(rpc, current, load, text, lower, whole && (() => whole)));
    const full = context.values.get(noRoom);
    if (full !== undefined) return refuse(full);
    const mayWait = current.hooks[rpc.hook].needs !== undefined || current.waits?.has(rpc.hook) === true;
    if (mayWait && !load.mayDecide()) return refuse('too many calls are in flight: limits.inFlight', request);
    load.deciding++;
    try {
      const budget = budgetOf(context, deadlineFraction);
      return unwrap(await call(rpc, messageCodec, request, current, budget, context.requestHeader));
    } finally {
      load.deciding--;
    }
  };
}

/** Milliseconds that are left for the answer. */
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
