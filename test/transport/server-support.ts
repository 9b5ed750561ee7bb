/** A listener with the built-in hooks, for tests over the wire. */

import type { HookTable } from '../../src/core/hook.ts';
import { hooks as builtIn } from '../../src/core/hooks/index.ts';
import type { Lookup } from '../../src/core/runtime.ts';
import { type Listener, type ListenerOptions, listen } from '../../src/transport/listener.ts';
import type { TlsSettings } from '../../src/transport/tls.ts';
import { aRuntime, type FakeRuntime } from '../support/runtime.ts';
import { RawClient } from './raw-client.ts';

export interface TestServerOptions {
  readonly lean?: boolean;
  readonly connect?: boolean;
  readonly hooks?: HookTable;
  readonly lookups?: Readonly<Record<string, Lookup>>;
  readonly limits?: Partial<
    Pick<ListenerOptions, 'messageBytes' | 'bodyTimeout' | 'deadlineFraction' | 'inFlight' | 'queuedBytes'>
  >;
  readonly tls?: TlsSettings;
}

export interface TestServer extends AsyncDisposable {
  readonly listener: Listener;
  readonly runtime: FakeRuntime;
  readonly port: number;
  /** Of the server, without a path. */
  readonly url: string;
  /** Why connections were refused. */
  readonly refusals: readonly string[];
  /** A new connection, closed with the server. */
  client(): RawClient;
  close(): Promise<void>;
}

/** CI runs the tests of this folder on both transports. */
export const testedHttp2 = process.env.EXHOOK_TEST_HTTP2 === 'node' ? 'node' : 'own';

const MIB = 1024 * 1024;

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { lean = true, connect = true, hooks = builtIn, lookups = {}, limits = {}, tls } = options;
  const policy = { hooks: [{ name: 'message.publish' as const, topics: [] }] };
  const runtime = aRuntime({ hooks, lookups, policy });
  const refusals: string[] = [];
  const clients: RawClient[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    http2: testedHttp2,
    tls,
    connect,
    lean,
    messageBytes: 16 * MIB,
    bodyTimeout: 10_000,
    deadlineFraction: 0.8,
    watches: 1_000,
    watchesPerConnection: 16,
    inFlight: 1_000,
    queuedBytes: 256 * MIB,
    ...limits,
    runtime: () => runtime,
    refused: (reason) => refusals.push(reason),
  });
  const { port } = listener.address;
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const close = async () => {
    await Promise.all(clients.map((client) => client.close()));
    listener.destroy();
  };
  return {
    listener,
    runtime,
    port,
    url,
    refusals,
    client() {
      const client = new RawClient(url);
      clients.push(client);
      return client;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
