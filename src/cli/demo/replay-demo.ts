/** Starts a server and replays the recorded life of a broker against it, to show its events. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { packageFile } from '../../lib/package-file.ts';
import type { Terminal } from '../commands/terminal.ts';

const PROGRAM = 'dist/cli.js';
/** Put there by the build. */
const RECORDING = 'dist/recordings/emqx-5.10.3.jsonl';

/** How many times as fast as it was recorded. */
const SPEED = '4';

/** @returns the exit status of the replay, or 2 when the server does not start. */
export async function replayDemo(terminal: Terminal): Promise<number> {
  const server = start([
    'serve',
    '--events-stdout',
    formatFor(process.stdout),
    '--log-format',
    formatFor(process.stderr),
  ]);
  server.stderr?.pipe(process.stderr, { end: false });
  try {
    const url = await listeningAt(server.stderr as Readable);
    const replay = start([
      'replay',
      packageFile(RECORDING),
      '--url',
      url,
      '--speed',
      SPEED,
      '--registered',
      '--summary',
    ]);
    const summary: Buffer[] = [];
    replay.stdout?.on('data', (chunk: Buffer) => summary.push(chunk));
    replay.stderr?.pipe(process.stderr, { end: false });
    const status = await exitOf(replay);
    server.kill('SIGTERM');
    await exitOf(server);
    terminal.out(`\n${Buffer.concat(summary).toString().trimEnd()}`);
    return status;
  } catch (error) {
    terminal.err((error as Error).message);
    server.kill('SIGTERM');
    return 2;
  }
}

function formatFor({ isTTY }: { readonly isTTY?: boolean }): string {
  return isTTY ? 'pretty' : 'json';
}

/** The server writes events to our standard output; of everything else we take what it writes. */
function start(args: readonly string[]): ChildProcess {
  const isServer = args[0] === 'serve';
  return spawn(process.execPath, [packageFile(PROGRAM), ...args], {
    env: { ...process.env, EXHOOK_CONFIG: undefined, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', isServer ? 'inherit' : 'pipe', 'pipe'],
  });
}

function listeningAt(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    stream.on('data', (chunk) => {
      heard += chunk;
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(heard) ?? [];
      if (url !== undefined) resolve(url);
    });
    stream.once('end', () => reject(new Error('the server did not start')));
  });
}

function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
