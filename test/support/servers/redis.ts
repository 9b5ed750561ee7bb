/** Debian's redis-server in a temporary directory. Its data is on disk and survives a restart. */
import { freePort } from '../../../scripts/free-port.mjs';
import {
  freeze,
  isServerMissing,
  type RunningProcess,
  removeDirectory,
  run,
  runToEnd,
  temporaryDirectory,
  untilReady,
} from './process.ts';

export const isRedisMissing = isServerMissing('redis-server', 'redis-server');

export interface RedisServer {
  readonly port: number;
  /** Runs a command with redis-cli. @returns its output. */
  cli(...command: readonly string[]): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL: all data is on disk, because every write is synced. */
  kill(): Promise<void>;
  /** The process takes connections and bytes, and answers nothing. */
  freeze(): Promise<void>;
  thaw(): void;
  close(): Promise<void>;
}

export interface RedisOptions {
  readonly password?: string;
  /** Files of a listener with TLS in place of the plain one. */
  readonly tls?: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly demandsCert?: boolean;
  };
  /** Further arguments, such as `--maxmemory`, `1mb`. */
  readonly args?: readonly string[];
}

export async function startRedis({ password, tls, args = [] }: RedisOptions = {}): Promise<RedisServer> {
  const directory = await temporaryDirectory('redis');
  const port = await freePort();
  const listener =
    tls === undefined
      ? ['--port', String(port)]
      : [
          ...['--port', '0', '--tls-port', String(port)],
          ...['--tls-ca-cert-file', tls.ca, '--tls-cert-file', tls.cert, '--tls-key-file', tls.key],
          ...['--tls-auth-clients', tls.demandsCert ? 'yes' : 'no'],
        ];
  const all = [
    ...listener,
    ...[
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
    ],
    ...(password === undefined ? [] : ['--requirepass', password]),
    ...args,
  ];
  const connection = [
    ...['-h', '127.0.0.1', '-p', String(port), '--no-auth-warning'],
    ...(password === undefined ? [] : ['-a', password]),
    ...(tls === undefined ? [] : ['--tls', '--cacert', tls.ca]),
    ...(tls?.demandsCert ? ['--cert', tls.cert, '--key', tls.key] : []),
  ];
  const cli = async (...command: readonly string[]) =>
    (await runToEnd('redis-cli', [...connection, ...command])).trimEnd();
  let server: RunningProcess | undefined;
  const start = async () => {
    server = run('redis-server', all);
    await untilReady('redis', server, () =>
      cli('PING').then(
        (answer) => answer === 'PONG',
        () => false,
      ),
    );
  };
  await start();
  return {
    port,
    cli,
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
