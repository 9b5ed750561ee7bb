/** The server under load: its processes, its log, and what is done to it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { restartable, until } from '../../test/loss/processes.mjs';

const tracing = fileURLToPath(new URL('register-tracing.mjs', import.meta.url));
const server = fileURLToPath(new URL('../../dist/server.js', import.meta.url));

/** Log records kept for the report. */
const MOST_RECORDS = 20;
const RELOADED = 'the configuration was reloaded and is in effect';
const DIED = 'a worker died and is restarted';

/** @param {{ config: string, port: number, workers: number, spans: string }} options */
export function createServer({ config, port, workers, spans }) {
  const log = readLog();
  const program = restartable(process.execPath, ['--import', tracing, server, '--config', config], {
    isReady: async () =>
      (await fetch(`http://127.0.0.1:${port}/readyz`)).ok && log.workers().length === workers,
    env: { SOAK_SPANS: spans },
    onErrorText: log.take,
  });
  // A worker outlives a supervisor that was killed, but must not outlive us.
  process.on('exit', () => log.workers().forEach(killQuietly));
  let exited;
  return {
    log,
    start: () =>
      program.start().catch((error) => {
        throw new Error(`${error.message}\n${log.records.join('\n')}`);
      }),
    get pid() {
      return program.pid;
    },
    hangUp: () => program.signal('SIGHUP'),
    /** Kills the youngest worker; the oldest lives through the whole run. @returns its pid */
    async killWorker() {
      const victim = log.workers().at(-1);
      process.kill(victim, 'SIGKILL');
      await until(
        'the next worker',
        async () => log.workers().filter((pid) => pid !== victim).length === workers,
      );
      return victim;
    },
    /** @returns the exit status; kills what does not stop */
    stop() {
      exited ??= end();
      return exited;
    },
  };

  async function end() {
    const timer = setTimeout(() => program.signal('SIGKILL'), 20_000);
    const { code, signal } = await program.end('SIGTERM');
    clearTimeout(timer);
    log.workers().forEach(killQuietly);
    return code ?? signal;
  }
}

function killQuietly(pid) {
  try {
    // The pid may belong to another process by now.
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(server)) process.kill(pid, 'SIGKILL');
  } catch {
    // It has exited.
  }
}

/** Reads the log as it arrives. */
function readLog() {
  const living = new Set();
  const records = [];
  const seen = { reloads: 0, deaths: 0, warnings: 0, errors: 0 };
  let rest = '';
  const note = (line) => {
    const record = parse(line);
    if (record.message?.startsWith('listening on')) living.add(record.pid);
    if (record.message === RELOADED) seen.reloads++;
    if (record.message === DIED) {
      seen.deaths++;
      living.delete(record.pid);
    }
    if (record.severity === 'INFO' || record.severity === 'DEBUG') return;
    if (record.severity === 'WARNING') seen.warnings++;
    else seen.errors++;
    if (records.length < MOST_RECORDS) records.push(line.slice(0, 400));
  };
  return {
    seen,
    records,
    /** @returns {number[]} pids, the oldest first */
    workers: () => [...living],
    take(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') note(line);
    },
  };
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { message: line };
  }
}
