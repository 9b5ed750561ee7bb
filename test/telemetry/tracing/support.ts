/** A server in this process beside an SDK that keeps its spans in memory, and what stands around it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { onTestFinished } from 'vitest';
import { type ServeOptions, type Serving, serve } from '../../../src/app/serve.ts';
import type { Rpc } from '../../../src/protocol/wire/rpc.ts';
import type { Delivery } from '../../../src/sinks/delivery.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import { readReply, requestOf, rpcFor } from '../../support/runtime.ts';

export const login = rpcFor('client.authenticate');
export const publish = rpcFor('message.publish');
export const connected = rpcFor('client.connected');

/** The name of the span of a call. */
export const nameOf = ({ path }: Rpc): string => path.slice(1);

/** What no span may say. */
export const secrets = ['correct-horse-battery', 'alice', 'a/topic', 'a payload'] as const;
const [password, username, topic, payload] = secrets;

export const meta = { node: 'emqx@10.0.0.7', version: '5.10.3', clusterName: 'emqxcl' };
export const client = { node: meta.node, clientid: 'meter-1', username, password };
export const aLogin = requestOf(login, { clientinfo: client, meta });
export const aConnect = requestOf(connected, { clientinfo: client, meta });

export function aMessage(id: string): Uint8Array {
  const message = { id, topic, from: 'meter-1', payload: new TextEncoder().encode(payload), node: meta.node };
  return requestOf(publish, { meta, message });
}

export const SAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
export const UNSAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

/** A sink of a library's user: it takes every event, and keeps it. */
export function keeping(seen: NonNullable<Delivery['event']>[]): Sink {
  return {
    name: 'own',
    write: (batch) => void seen.push(...batch.flatMap(({ event }) => (event === undefined ? [] : [event]))),
    close: async () => {},
  };
}

export interface Sdk {
  readonly exporter: InMemorySpanExporter;
  /** The spans that have ended, parents before their children. */
  spans(): ReadableSpan[];
}

/** Registers the SDK, as a user's file does, until the test is over. */
export function anSdk(options: { sampler?: Sampler; processors?: SpanProcessor[] } = {}): Sdk {
  const exporter = new InMemorySpanExporter();
  const { sampler, processors = [] } = options;
  const spanProcessors = [...processors, new SimpleSpanProcessor(exporter)];
  new NodeTracerProvider({ ...(sampler && { sampler }), spanProcessors }).register();
  onTestFinished(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });
  const spans = () => {
    const ended = exporter.getFinishedSpans();
    return ended.toSorted((a, b) => depthOf(a, ended) - depthOf(b, ended));
  };
  return { exporter, spans };
}

/** How far down in its trace a span is. Clocks of spans are too coarse to order them by. */
function depthOf({ parentSpanContext }: ReadableSpan, all: readonly ReadableSpan[]): number {
  const parent = all.find((other) => other.spanContext().spanId === parentSpanContext?.spanId);
  return parent === undefined ? 0 : 1 + depthOf(parent, all);
}

export async function aServer(options: ServeOptions): Promise<Serving & { readonly url: string }> {
  const { config = {} } = options;
  const listen = { host: '127.0.0.1', port: 0, ...config.listen };
  const serving = await serve({
    ...options,
    config: { events: { stdout: 'off' }, log: { level: 'silent', format: 'json' }, ...config, listen },
  });
  onTestFinished(() => void serving.stop());
  return Object.assign(serving, { url: `http://127.0.0.1:${serving.address.port}` });
}

const same = (bytes: Uint8Array) => Buffer.from(bytes);

/** A call by a client that is not ours. @returns the reply in words, or the number of the status. */
export async function callAt(
  url: string,
  rpc: Rpc,
  request: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const client = new Client(new URL(url).host, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  try {
    return await new Promise((resolve) =>
      client.makeUnaryRequest(
        rpc.path,
        same,
        same,
        same(request),
        metadata,
        { deadline: Date.now() + 20_000 },
        (error: ServiceError | null, reply?: Uint8Array) =>
          resolve(error?.code ?? readReply(rpc, new Uint8Array(reply ?? []))),
      ),
    );
  } finally {
    client.close();
  }
}

export interface Service {
  readonly url: string;
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[];
}

/** What answers requests: with a body of JSON, or a status alone. */
export async function aService(answer: () => object | number): Promise<Service> {
  const requests: Service['requests'] = [];
  const server = createServer(async (request, response) => {
    requests.push({ headers: request.headers, body: await text(request) });
    const answered = answer();
    if (typeof answered === 'number') response.writeHead(answered).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** Waits for something that happens after the answer. */
export async function until<T>(find: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Spans as a tree of their names, the failed ones with their code. */
export interface Tree {
  readonly [name: string]: Tree;
}

export function treeOf(spans: readonly ReadableSpan[], parent?: string): Tree {
  const known = new Set(spans.map((span) => span.spanContext().spanId));
  const isChild = ({ parentSpanContext }: ReadableSpan) =>
    parent === undefined
      ? parentSpanContext === undefined || !known.has(parentSpanContext.spanId)
      : parentSpanContext?.spanId === parent;
  return Object.fromEntries(
    spans.filter(isChild).map((span) => [labelOf(span), treeOf(spans, span.spanContext().spanId)]),
  );
}

function labelOf({ name, status }: ReadableSpan): string {
  return status.code === SpanStatusCode.ERROR ? `${name}: ${status.message}` : name;
}
