/** A listener whose look-ups a test answers when it likes, and frames that no well-behaved client sends. */
import { expect, onTestFinished } from 'vitest';
import { defineHook } from '../../src/core/hook.ts';
import type { Lookup } from '../../src/core/runtime.ts';
import { allow } from '../../src/protocol/schema/replies.ts';
import { type Listener, type ListenerOptions, listen } from '../../src/transport/listener.ts';
import { inputs } from '../support/inputs.ts';
import { aRuntime, type FakeRuntime, hooksWith, requestOf, rpcFor } from '../support/runtime.ts';
import { type Answer, framesIn, http2Frame, PREFACE, RawClient, RawSocket, until } from './raw-client.ts';
import { testedHttp2 } from './server-support.ts';

export type { Answer, RawClient } from './raw-client.ts';
export { frame, framesIn, grpcHeaders, http2Frame, until } from './raw-client.ts';

/** A call that is answered at once. */
export const plain = rpcFor('client.connected');
export const plainRequest = requestOf(plain, inputs()['client.connected']);
/** A call that asks the gate. */
export const asking = rpcFor('client.authorize');

const asksTheGate = defineHook({
  name: 'client.authorize',
  needs: ({ clientinfo }, { answers }) =>
    'gate' in answers ? undefined : { kind: 'gate', id: clientinfo.clientid },
  decide: () => ({ reply: allow() }),
});

/** Look-ups that wait until the test lets them through. */
export class Gate {
  readonly #waiting = new Map<string, () => void>();
  /** How often each call asked. */
  readonly asked: string[] = [];

  readonly lookup: Lookup = (question) =>
    new Promise((resolve) => {
      const id = String(question.id);
      this.asked.push(id);
      this.#waiting.set(id, () => resolve(true));
    });

  get size(): number {
    return this.#waiting.size;
  }

  /** Lets some through; all when none is named. */
  open(...ids: string[]): void {
    for (const id of ids.length > 0 ? ids : [...this.#waiting.keys()]) {
      const pass = this.#waiting.get(id);
      this.#waiting.delete(id);
      pass?.();
    }
  }
}

export interface FaultServer {
  readonly listener: Listener;
  readonly runtime: FakeRuntime;
  readonly gate: Gate;
  readonly port: number;
  readonly url: string;
  client(): RawClient;
  socket(): RawSocket;
}

const MIB = 1024 * 1024;

/** A server that goes with the test, and so do its clients. */
export async function aFaultServer(options: Partial<ListenerOptions> = {}): Promise<FaultServer> {
  const gate = new Gate();
  const runtime = aRuntime({
    hooks: hooksWith(asksTheGate),
    policy: { hooks: [{ name: 'client.authorize', topics: [] }] },
    lookups: { gate: gate.lookup },
  });
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    http2: testedHttp2,
    connect: true,
    messageBytes: 16 * MIB,
    bodyTimeout: 10_000,
    deadlineFraction: 0.8,
    watches: 1_000,
    watchesPerConnection: 16,
    inFlight: 1_000,
    queuedBytes: 256 * MIB,
    runtime: () => runtime,
    refused: () => {},
    ...options,
  });
  const clients: { close(): unknown }[] = [];
  onTestFinished(async () => {
    gate.open();
    await Promise.all(clients.map((client) => client.close()));
    listener.destroy();
  });
  const { port } = listener.address;
  const url = `http://127.0.0.1:${port}`;
  return {
    listener,
    runtime,
    gate,
    port,
    url,
    client() {
      const client = new RawClient(url);
      clients.push(client);
      return client;
    },
    socket() {
      const socket = new RawSocket(port);
      clients.push({ close: () => socket.destroy() });
      return socket;
    },
  };
}

/** Makes a call that is answered at once. */
export const callPlain = (client: RawClient): Promise<Answer> => client.call(plain.path, plainRequest);

/** Makes a call that waits at the gate under this name. */
export function callGate(client: RawClient, id: string, timeout = '1H'): Promise<Answer> {
  const input = inputs()['client.authorize'];
  const request = requestOf(asking, { ...input, clientinfo: { ...input.clientinfo, clientid: id } });
  return client.call(asking.path, request, { 'grpc-timeout': timeout });
}

/** The same call as JSON. */
export const gateRequestJson = (id: string): string =>
  JSON.stringify({
    clientinfo: { node: 'n', clientid: id, username: 'u', peerhost: '127.0.0.1', protocol: 'mqtt' },
    type: 'PUBLISH',
    topic: 't/a',
    meta: { node: 'n', version: '5.10.3', sysdescr: 'EMQX', clusterName: 'c' },
  });

export const isAnswered = ({ trailers }: Answer): boolean => trailers['grpc-status'] === '0';

/** A fresh connection is served, and nothing of the past is held. */
export async function expectAsNew({ listener, client }: FaultServer): Promise<void> {
  const fresh = client();
  expect(isAnswered(await callPlain(fresh))).toBe(true);
  await until(
    () => listener.connections.open === 0 && listener.load.bytes === 0 && listener.load.deciding === 0,
  );
}

// Frames by hand. [RFC 9113, section 6]
export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** Literals without indexing and without Huffman coding: every block stands alone. [RFC 7541, section 6.2.2] */
export function headerBlock(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

export const grpcBlock = (path: string): Buffer =>
  headerBlock({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': path,
    ':authority': '127.0.0.1',
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    'grpc-timeout': '5S',
  });

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The beginning of a connection. */
export const hello = (settings: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from(PREFACE), http2Frame(SETTINGS, 0, 0, settings)]);

/**
 * A PING that comes back says that all before it was read. No more is read after a GOAWAY for an error, although
 * node 20 leaves it to the client to close such a connection.
 */
export async function settle(socket: RawSocket): Promise<'alive' | 'ended'> {
  const mark = Buffer.from('settled!');
  const before = socket.received.length;
  await Promise.race([socket.write(http2Frame(PING, 0, 0, mark)), socket.closed]);
  const isBack = (received: Buffer) => received.indexOf(mark, Math.max(0, before - 17)) !== -1;
  const isOver = (received: Buffer) => framesIn(received).some(({ type }) => type === GOAWAY);
  return await socket
    .receive((received) => isBack(received) || isOver(received))
    .then(
      (received) => (isBack(received) ? ('alive' as const) : ('ended' as const)),
      () => 'ended' as const,
    );
}
