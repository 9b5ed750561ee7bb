/** nats-server of Debian with JetStream in a temporary directory. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../scripts/free-port.mjs';
import {
  freeze,
  isServerMissing,
  type RunningProcess,
  removeDirectory,
  run,
  temporaryDirectory,
  untilReady,
} from './process.ts';

export const isNatsMissing = isServerMissing('nats-server', 'nats-server');

export interface NatsServer {
  readonly port: number;
  start(): Promise<void>;
  /** SIGTERM. Confirmed data is there again after `start`. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** The process takes connections and bytes, and answers nothing. */
  freeze(): Promise<void>;
  thaw(): void;
  close(): Promise<void>;
}

export interface NatsServerOptions {
  /** The section `authorization` or any other, as in a configuration file of nats-server. */
  readonly config?: string;
  readonly tls?: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly demandsCert?: boolean;
  };
  /** Default: true. */
  readonly hasJetStream?: boolean;
}

export async function startNats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const { config = '', tls, hasJetStream = true } = options;
  const directory = await temporaryDirectory('nats');
  const port = await freePort();
  const path = join(directory, 'nats.conf');
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    ...(hasJetStream ? [`jetstream { store_dir: "${directory}/jetstream" }`] : []),
    ...(tls === undefined ? [] : [tlsLine(tls)]),
    config,
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  let server: RunningProcess | undefined;
  const start = async () => {
    const started = run('nats-server', ['-c', path]);
    server = started;
    // Said after the streams are read.
    await untilReady('nats-server', started, () => started.printed().includes('Server is ready'));
  };
  await start();
  return {
    port,
    start,
    stop: async () => server?.end('SIGTERM'),
    kill: async () => server?.end('SIGKILL'),
    freeze: async () => server && (await freeze(server.child)),
    thaw: () => void server?.child.kill('SIGCONT'),
    async close() {
      await server?.end('SIGKILL');
      await removeDirectory(directory);
    },
  };
}

function tlsLine({ ca, cert, key, demandsCert = false }: NonNullable<NatsServerOptions['tls']>): string {
  return `tls { ca_file: "${ca}", cert_file: "${cert}", key_file: "${key}", verify: ${demandsCert} }`;
}
