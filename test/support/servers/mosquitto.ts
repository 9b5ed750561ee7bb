/** mosquitto of Debian with persistence in a temporary directory. */
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../scripts/free-port.mjs';
import {
  isListening,
  isServerMissing,
  type RunningProcess,
  removeDirectory,
  run,
  runToEnd,
  temporaryDirectory,
  untilReady,
} from './process.ts';

export const isMosquittoMissing = isServerMissing('mosquitto', 'mosquitto');

export const user = 'exhook';
export const password = 'p%40ss:word/';

export interface MosquittoServer {
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL. Data that is not in its file yet is lost: see `persist`. */
  kill(): Promise<void>;
  /** Writes its file now (SIGUSR1) and waits for that. */
  close(): Promise<void>;
}

export interface MosquittoOptions {
  readonly tls?: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly demandsCert?: boolean;
  };
  /** Lines of an acl_file; default: everything is allowed. */
  readonly acl?: string;
  /** Further lines of its configuration. */
  readonly lines?: readonly string[];
}

export async function startMosquitto({
  tls,
  acl,
  lines = [],
}: MosquittoOptions = {}): Promise<MosquittoServer> {
  const directory = await temporaryDirectory('mosquitto');
  await chmod(directory, 0o777);
  const port = await freePort();
  const config = join(directory, 'mosquitto.conf');
  const passwords = join(directory, 'passwords');
  await runToEnd('mosquitto_passwd', ['-b', '-c', passwords, user, password]);
  await chmod(passwords, 0o644);
  const text = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous false',
    `password_file ${passwords}`,
    'persistence true',
    `persistence_location ${directory}/`,
    // After every change: a killed server has all that it has confirmed.
    'autosave_on_changes true',
    'autosave_interval 1',
    'max_queued_messages 0',
    'max_inflight_messages 0',
    ...lines,
  ];
  if (tls !== undefined) {
    // As root, mosquitto becomes another user, who may not read what others keep.
    for (const [option, from] of Object.entries({ cafile: tls.ca, certfile: tls.cert, keyfile: tls.key })) {
      const to = join(directory, option);
      await copyFile(from, to);
      await chmod(to, 0o644);
      text.push(`${option} ${to}`);
    }
    if (tls.demandsCert) text.push('require_certificate true');
  }
  if (acl !== undefined) {
    const path = join(directory, 'acl');
    await writeFile(path, acl, { mode: 0o644 });
    text.push(`acl_file ${path}`);
  }
  await writeFile(config, `${text.join('\n')}\n`);
  let server: RunningProcess | undefined;
  const start = async () => {
    server = run('mosquitto', ['-c', config]);
    await untilReady('mosquitto', server, () => isListening(port));
  };
  await start();
  return {
    port,
    start,
    stop: async () => server?.end('SIGTERM'),
    kill: async () => server?.end('SIGKILL'),
    async close() {
      await server?.end('SIGKILL');
      await removeDirectory(directory);
    },
  };
}
