/** Processes of a run: each is started on a free port, and ends by its own pid. */
import { spawn } from 'node:child_process';
import { connect as tcp } from 'node:net';

/** Milliseconds that anything may take to be ready. */
const PATIENCE = 20_000;

/** @param {() => Promise<boolean>} isReady */
export async function until(what, isReady) {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    if (await isReady().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} was not ready in ${PATIENCE / 1000} s`);
}

export function isListening(port) {
  return new Promise((resolve) => {
    const socket = tcp(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process that can be ended and started again with the same arguments. */
export function restartable(command, args, { isReady, env = {}, onErrorText }) {
  let child;
  let gone = Promise.resolve();
  return {
    get pid() {
      return child?.pid;
    },
    async start() {
      const started = spawn(command, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', onErrorText ? 'pipe' : 'ignore'],
      });
      child = started;
      running.add(started);
      started.stderr?.setEncoding('utf8').on('data', onErrorText);
      gone = new Promise((resolve) => {
        started.once('exit', (code, signal) => {
          running.delete(started);
          resolve({ code, signal });
        });
      });
      await until(command, isReady);
    },
    /** @param {NodeJS.Signals} signal */
    async end(signal) {
      child?.kill(signal);
      return await gone;
    },
    signal(signal) {
      child?.kill(signal);
    },
  };
}
