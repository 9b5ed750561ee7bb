/** Debian's RabbitMQ in a temporary directory, with its own port mapper. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { freePort } from '../../../scripts/free-port.mjs';
import {
  isServerMissing,
  type RunningProcess,
  removeDirectory,
  run,
  temporaryDirectory,
  until,
  untilReady,
} from './process.ts';

/** Debian's wrapper in sbin changes the user; this is the program behind it. */
const program = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const controller = '/usr/lib/rabbitmq/bin/rabbitmqctl';
export const isRabbitmqMissing = isServerMissing(program, 'rabbitmq-server');

export const user = 'exhook';
export const password = 'p%40ss:word/';

export interface RabbitmqServer {
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Runs rabbitmqctl. */
  control(...args: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly demandsCert?: boolean;
}

export interface RabbitmqOptions {
  /** Files of a listener with TLS in place of the plain one. */
  readonly tls?: TlsFiles;
  /** Further lines of rabbitmq.conf. */
  readonly lines?: readonly string[];
}

export async function startRabbitmq({ tls, lines = [] }: RabbitmqOptions = {}): Promise<RabbitmqServer> {
  const directory = await temporaryDirectory('rabbitmq');
  const [port, epmdPort, distPort] = [await freePort(), await freePort(), await freePort()];
  const config = join(directory, 'rabbitmq.conf');
  const pidFile = join(directory, 'pid');
  const listeners = tls === undefined ? [`listeners.tcp.1 = 127.0.0.1:${port}`] : tlsLines(port, tls);
  const text = [
    ...listeners,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'loopback_users = none',
    'vm_memory_high_watermark.relative = 0.9',
    'disk_free_limit.absolute = 1MB',
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    ...lines,
  ];
  await writeFile(config, `${text.join('\n')}\n`);
  await writeFile(join(directory, 'enabled_plugins'), '[].\n');
  const env = {
    PATH: process.env.PATH ?? '',
    LANG: 'C.UTF-8',
    HOME: directory,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `exhook-${randomBytes(4).toString('hex')}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: join(directory, 'none'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_PID_FILE: pidFile,
    ERL_CRASH_DUMP: join(directory, 'erl_crash.dump'),
    // Two schedulers are enough, and start faster on a small machine; nor do they turn while there is nothing to do.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  };

  // The port mapper would otherwise be started as a daemon that outlives the test.
  const epmd = run('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env });
  let server: RunningProcess | undefined;
  const start = async () => {
    const started = run(program, [], { env });
    server = started;
    const isReady = async () => {
      if (tls !== undefined) return started.printed().includes('completed') || (await isTlsUp(port));
      return await isUp(port);
    };
    await untilReady('rabbitmq', started, isReady, () => end('SIGKILL'));
  };
  /** The runtime that starts the virtual machine waits for it; signals are for the machine itself. */
  const end = async (signal: NodeJS.Signals) => {
    const running = server;
    if (running === undefined || running.isOver()) return;
    const pid = existsSync(pidFile) ? Number((await readFile(pidFile, 'utf8')).trim()) : 0;
    if (pid > 1 && pid !== running.child.pid) process.kill(pid, signal);
    else running.child.kill(signal);
    await until('rabbitmq to end', () => running.isOver());
  };
  const close = async () => {
    await end('SIGKILL');
    await epmd.end('SIGKILL');
    await removeDirectory(directory);
  };
  await start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    port,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async control(...args) {
      await promisify(execFile)(controller, args, { env });
    },
    close,
  };
}

function tlsLines(port: number, tls: TlsFiles): string[] {
  return [
    'listeners.tcp = none',
    `listeners.ssl.1 = 127.0.0.1:${port}`,
    `ssl_options.cacertfile = ${tls.ca}`,
    `ssl_options.certfile = ${tls.cert}`,
    `ssl_options.keyfile = ${tls.key}`,
    `ssl_options.verify = ${tls.demandsCert ? 'verify_peer' : 'verify_none'}`,
    `ssl_options.fail_if_no_peer_cert = ${tls.demandsCert ?? false}`,
  ];
}

/** It listens before it takes logins: only a login tells. */
async function isUp(port: number): Promise<boolean> {
  try {
    const connection = await connect(
      { hostname: '127.0.0.1', port, username: user, password },
      { timeout: 5000 },
    );
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

async function isTlsUp(port: number): Promise<boolean> {
  try {
    const connection = await connect(
      { protocol: 'amqps', hostname: '127.0.0.1', port, username: user, password },
      { timeout: 5000, rejectUnauthorized: false },
    );
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
