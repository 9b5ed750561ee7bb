/** PostgreSQL of Debian in a temporary directory, as the user that the package makes. */
import { existsSync } from 'node:fs';
import { chmod, chown, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../../scripts/free-port.mjs';
import {
  isServerMissing,
  type RunningProcess,
  removeDirectory,
  run,
  runToEnd,
  temporaryDirectory,
  untilReady,
} from './process.ts';

const root = '/usr/lib/postgresql';

/** The directory of the programs of the newest version that is installed. */
async function findPrograms(): Promise<string> {
  const versions = existsSync(root) ? await readdir(root) : [];
  const newest =
    versions
      .map(Number)
      .filter(Number.isFinite)
      .sort((a, b) => b - a)[0] ?? 15;
  return join(root, String(newest), 'bin');
}

const programs = await findPrograms();
export const isPostgresMissing = isServerMissing(join(programs, 'postgres'), 'postgresql');

export const user = 'exhook';
export const password = 's3cret\'"\\ %41';

export interface PostgresServer {
  readonly port: number;
  /** Rows of a query, as the administrator. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Rows of a query, as the administrator. */
export async function queryPostgres(
  port: number,
  text: string,
  values: readonly unknown[] = [],
  database = 'postgres',
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** A server of the user's own refuses to run as root. */
async function idOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const number = async (flag: string) => Number((await runToEnd('id', [flag, name])).trim());
  return { uid: await number('-u'), gid: await number('-g') };
}

interface TlsFiles {
  /** With it, clients that use TLS must show a certificate. */
  readonly ca?: string;
  readonly cert: string;
  readonly key: string;
}

/** @param tls files of the certificate that the server shows. Connections without TLS are taken, too. */
export async function startPostgres(tls?: TlsFiles): Promise<PostgresServer> {
  const directory = await temporaryDirectory('postgres');
  const port = await freePort();
  const ids = await idOf('postgres');
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password);
  if (ids !== undefined) for (const path of [directory, passwordFile]) await chown(path, ids.uid, ids.gid);
  await chmod(directory, 0o700);
  const options = { ...ids, cwd: directory };
  const init = [
    '-D',
    data,
    '-U',
    user,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '-N',
  ];
  await runToEnd(join(programs, 'initdb'), [...init, '--locale=C.UTF-8'], options);
  if (tls !== undefined) await installTls(tls, data, ids);

  let server: RunningProcess | undefined;
  const query: PostgresServer['query'] = (text, values) => queryPostgres(port, text, values);
  const start = async () => {
    const settings = [
      'unix_socket_directories=',
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      'max_connections=30',
    ];
    if (tls !== undefined) settings.push('ssl=on');
    if (tls?.ca !== undefined) settings.push('ssl_ca_file=ca.crt');
    server = run(
      join(programs, 'postgres'),
      ['-D', data, ...settings.flatMap((one) => ['-c', one])],
      options,
    );
    await untilReady('postgres', server, () =>
      query('SELECT 1').then(
        () => true,
        () => false,
      ),
    );
  };
  await start();
  return {
    port,
    query,
    start,
    // The fast shutdown: clients are disconnected. SIGTERM would wait for them.
    stop: async () => server?.end('SIGINT'),
    // The immediate shutdown: no checkpoint, as a crash; SIGKILL would leave its children for a while.
    kill: async () => server?.end('SIGQUIT'),
    async close() {
      await server?.end('SIGQUIT');
      await removeDirectory(directory);
    },
  };
}

async function installTls(
  tls: TlsFiles,
  data: string,
  ids: { readonly uid: number; readonly gid: number } | undefined,
): Promise<void> {
  for (const [from, name] of [
    [tls.cert, 'server.crt'],
    [tls.key, 'server.key'],
    [tls.ca, 'ca.crt'],
  ] as const) {
    if (from === undefined) continue;
    const to = join(data, name);
    await cp(from, to);
    await chmod(to, 0o600);
    if (ids !== undefined) await chown(to, ids.uid, ids.gid);
  }
  if (tls.ca === undefined) return;
  const access = join(data, 'pg_hba.conf');
  const first = 'hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n';
  await writeFile(access, first + (await readFile(access, 'utf8')));
}
