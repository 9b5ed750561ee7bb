/** A provider that notes each call and answers as a test says. */

import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { create, fromBinary, toBinary, toJson } from '@bufbuild/protobuf';
import { onTestFinished } from 'vitest';
import { hookNames, isRegistrable } from '../../../../src/protocol/schema/hook-name.ts';
import { methodOf } from '../../../../src/protocol/wire/descriptors.ts';
import { findRpc } from '../../../../src/protocol/wire/rpc.ts';
import { readFrame, writeFrame } from '../../../../src/transport/frame.ts';

export interface SeenCall {
  readonly hook: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Number of the HTTP/2 connection. */
  readonly connection: number;
  /** The request in protobuf's JSON form. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at single fields of any request.
  readonly request: any;
}

/** The fields of a response, a gRPC status, or no answer at all; nothing is an empty response. */
export type Answer = object | { readonly status: number } | 'silence' | undefined;

export interface FakeProvider {
  readonly url: string;
  readonly calls: SeenCall[];
  /** Calls of these hooks, or of all. */
  of(...hooks: string[]): SeenCall[];
  /** Ends all connections. */
  disconnect(): void;
}

export interface FakeProviderOptions {
  /** Default: every hook but message.ingress, for all topics. */
  readonly hooks?: readonly { readonly name: string; readonly topics?: readonly string[] }[];
  readonly answer?: (call: SeenCall) => Answer | Promise<Answer>;
}

export const everyHook = hookNames
  .filter((name) => isRegistrable(name) && name !== 'message.ingress')
  .map((name) => ({ name }));

export const allow = { type: 2, value: { case: 'boolResult', value: true } } as const;
export const deny = { type: 2, value: { case: 'boolResult', value: false } } as const;
export const ignore = { type: 1 } as const;

/** Allows what is asked. */
const answerWell = ({ hook }: SeenCall): Answer => (hook === 'message.publish' ? ignore : allow);

export async function aProvider({
  hooks = everyHook,
  answer = answerWell,
}: FakeProviderOptions = {}): Promise<FakeProvider> {
  const calls: SeenCall[] = [];
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  let connections = 0;
  server.on('session', (session) => {
    const connection = ++connections;
    onTestFinished(() => session.destroy());
    session.on('error', () => {});
    sessions.add(session);
    session.on('stream', (stream, headers) => {
      const chunks: Buffer[] = [];
      stream.on('error', () => {});
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const call = readCall(headers, Buffer.concat(chunks), connection);
        calls.push(call);
        const listed = call.hook === 'provider.loaded' ? { hooks } : undefined;
        respond(stream, call, listed ?? (await answer(call)));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    disconnect: () => {
      for (const session of sessions) session.destroy();
    },
    of: (...names) => calls.filter(({ hook }) => names.includes(hook)),
  };
}

function readCall(headers: IncomingHttpHeaders, body: Buffer, connection: number): SeenCall {
  const path = String(headers[':path']);
  const rpc = findRpc(path);
  if (rpc === undefined) throw new Error(`no RPC at ${path}`);
  const { input } = methodOf(rpc);
  const request = toJson(input, fromBinary(input, readFrame(body, 2 ** 24)));
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));
  return { hook: rpc.hook, path, headers: own, connection, request };
}

function respond(stream: ServerHttp2Stream, { path }: SeenCall, answer: Answer): void {
  if (answer === 'silence' || stream.destroyed) return;
  const { output } = methodOf({ path });
  const status = String((answer as { status?: number } | undefined)?.status ?? 0);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
  stream.end(
    status === '0'
      ? writeFrame(toBinary(output, create(output, (answer ?? {}) as Record<string, unknown>)))
      : undefined,
  );
}
