/** Real servers as children of a test: free ports, readiness, and an end by their own pid. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { until } from '../until.ts';

export { until };

/** Set in CI: a server that is not installed is then a failure, and no reason to skip. */
export const mustHaveServers = process.env.EXHOOK_TEST_REQUIRE_SERVERS === '1';

const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];

/** The path of a program, `sbin` included, or nothing. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return existsSync(name) ? name : undefined;
  return places.map((place) => join(place, name)).find((path) => existsSync(path));
}

/**
 * Whether the tests of a server are to be skipped. Says so once, with the package to install.
 *
 * @throws Error instead of that where no server may be missing.
 */
export function isServerMissing(program: string, debianPackage: string): boolean {
  if (findProgram(program) !== undefined) return false;
  const message = `${program} is not installed: apt-get install ${debianPackage}`;
  if (mustHaveServers) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return true;
}

/** Whether the port accepts connections. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

export async function temporaryDirectory(name: string): Promise<string> {
  return await mkdtemp(`/tmp/exhook-${name}-`);
}

export const removeDirectory = (path: string) => rm(path, { recursive: true, force: true, maxRetries: 5 });

export interface RunningProcess {
  readonly child: ChildProcess;
  /** Its output so far, for messages about a failed start. */
  printed(): string;
  /** Whether it has ended. */
  isOver(): boolean;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a program whose output is kept for messages. */
export function run(program: string, args: readonly string[], options: SpawnOptions = {}): RunningProcess {
  const child = spawn(findProgram(program) ?? program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let printed = '';
  const keep = (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(`${error.message}\n`)));
  const isOver = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const over = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    child,
    isOver,
    printed: () => printed,
    async end(signal) {
      if (isOver()) return;
      child.kill(signal);
      await over;
    },
  };
}

/** Stops every thread of a process (SIGSTOP): the signal is sent at once, and heard a little later. */
export async function freeze({ pid }: ChildProcess): Promise<void> {
  process.kill(pid as number, 'SIGSTOP');
  await until('the process to stand still', async () => {
    const threads = await readdir(`/proc/${pid}/task`);
    const stats = await Promise.all(
      threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
    );
    // The state stands behind the name, which may hold anything.
    return stats.every((stat) => stat.slice(stat.lastIndexOf(')')).startsWith(') T'));
  });
}

/** Runs a program to its end. @throws Error with its output if it fails. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<string> {
  const running = run(program, args, options);
  const code = await new Promise((resolve) => running.child.once('close', resolve).once('error', resolve));
  if (code !== 0) throw new Error(`${program} failed: ${running.printed()}`);
  return running.printed();
}

/** Waits for a started server. Stops one that does not get ready, and reports its output. */
export async function untilReady(
  name: string,
  running: RunningProcess,
  isReady: () => boolean | Promise<boolean>,
  end: () => Promise<void> = () => running.end('SIGKILL'),
) {
  const look = async () => {
    if (running.isOver()) throw new Error(`${name} ended at its start: ${running.printed()}`);
    return await isReady();
  };
  try {
    await until(`${name} to be ready`, look, 110_000);
  } catch (error) {
    // Nobody else knows of it.
    await end();
    throw error;
  }
}
