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
  type HandlerContext,
} from '@connectrpc/connect';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import { call } from '../call.ts';
import { Failure } from '../failure.ts';
import { fallbackReply, type Shell } from '../shell.ts';
import { lower } from '../wire/encode.ts';
import { findRpc, type Rpc, rpcs } from '../wire/rpc.ts';
import { Health as HealthService } from '../wire/services.ts';
import { guardBody } from './body-guard.ts';
import { messageCodec } from './codecs.ts';
import type { Health } from './health.ts';
import type { Load } from './load.ts';
import { toConnectError } from './status.ts';

export interface ConnectOptions {
  readonly shell: () => Shell;
  readonly health: Health;
  readonly load: Load;
  /** Largest message, in bytes. */
  readonly maxMessageBytes: number;
  /** Milliseconds in which a request body must have come. */
  readonly bodyTimeout: number;
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

/** What a broker waits when it does not say, in milliseconds. */
const DEFAULT_TIMEOUT = 5_000;

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
    const universal = universalRequestFromNodeRequest(request, response, undefined, undefined);
    const body = guardBody(universal.body as AsyncIterable<Uint8Array>, universal.header, {
      rpc: findRpc(path),
      maxMessageBytes: options.maxMessageBytes,
      timeout: options.bodyTimeout,
    });
    handle({ ...universal, body })
      .then((answer) => universalResponseToNodeResponse(answer, response))
      // The peer has gone: there is nobody to answer.
      .catch(() => response.destroy());
    return true;
  };
}

function addRoutes(router: ConnectRouter, options: ConnectOptions): void {
  for (const rpc of rpcs) router.rpc(rpc.method, implement(rpc, options));
  router.service(HealthService, {
    check: ({ service }) => {
      if (!options.health.has(service)) throw new ConnectError(`unknown service: ${service}`, Code.NotFound);
      return { status: options.health.statusOf(service) };
    },
    async *watch({ service }, context) {
      for await (const status of options.health.watch(service, context.signal)) yield { status };
    },
  });
}

function implement(rpc: Rpc, { shell, load, deadlineFraction }: ConnectOptions) {
  return async (request: Message, context: HandlerContext): Promise<Message> => {
    const current = shell();
    const hook = current.hooks[rpc.hook];
    if (hook.needs !== undefined && !load.mayDecide()) return shed(rpc, request, current, load);
    const budget = (context.timeoutMs() ?? DEFAULT_TIMEOUT) * deadlineFraction;
    load.deciding++;
    try {
      return unwrap(await call(rpc, messageCodec, request, current, budget));
    } finally {
      load.deciding--;
    }
  };
}

function shed(rpc: Rpc, request: Message, shell: Shell, load: Load): Message {
  load.shed++;
  const failure = shell.failed(
    rpc,
    new Failure('overloaded', 'too many calls are in flight: limits.inFlight'),
  );
  const reply = fallbackReply(shell.hooks[rpc.hook] as never, failure);
  return reply === undefined ? unwrap(failure) : lower(rpc, reply, request);
}

function unwrap(result: Message | Failure): Message {
  if (result instanceof Failure) throw toConnectError(result);
  return result;
}
