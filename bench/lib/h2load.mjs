/** Runs h2load and reads its results. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { percentile } from './stats.mjs';

/** The number a broker node opens. */
export const CONNECTIONS = 8;
/** Milliseconds after which it counts as hung. */
const PATIENCE = 300_000;

/** @throws if h2load is not installed. */
export function requireH2load() {
  const { stdout, error } = spawnSync('h2load', ['--version'], { encoding: 'utf8' });
  if (error) throw new Error('h2load is missing: apt-get install nghttp2-client (Debian, Ubuntu)');
  if (spawnSync('taskset', ['--version']).error)
    throw new Error('taskset is missing: apt-get install util-linux');
  return stdout.trim();
}

/**
 * @typedef {object} Load
 * @property {number} perSecond
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 *
 * @param {object} options
 * @param {number} options.port
 * @param {import('./requests.mjs').Call} options.call
 * @param {number} options.count calls in all
 * @param {number} options.streams on each connection at once
 * @param {number} options.core
 * @param {string} options.directory for its files
 * @returns {Promise<Load>}
 */
export async function runH2load({ port, call, count, streams, core, directory }) {
  const log = join(directory, 'h2load.tsv');
  // h2load would append to the file.
  rmSync(log, { force: true });
  const headers = Object.entries(call.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const output = await run('taskset', [
    ...['-c', `${core}`, 'h2load', '-n', `${count}`, '-c', `${CONNECTIONS}`, '-m', `${streams}`],
    ...headers,
    ...['-d', join(directory, `${call.id}.bin`), `--log-file=${log}`, `http://127.0.0.1:${port}${call.path}`],
  ]);
  const [, succeeded] = /(\d+) succeeded/.exec(output) ?? [];
  const [, perSecond] = /finished in .*?, ([\d.]+) req\/s/.exec(output) ?? [];
  if (Number(succeeded) !== count)
    throw new Error(`h2load: ${succeeded} of ${count} calls succeeded\n${output}`);
  // Columns: start, HTTP status, microseconds to the end of the response.
  const micros = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.split('\t')[2]));
  return {
    perSecond: Number(perSecond),
    p50: percentile(micros, 0.5) / 1000,
    p99: percentile(micros, 0.99) / 1000,
  };
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<string>} what it printed
 */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: PATIENCE });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command}: ${code}\n${output}`)),
    );
  });
}
