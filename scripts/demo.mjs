// Starts the built server and replays a recorded broker, to show events without a broker.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { freePort } from './free-port.mjs';

const RECORDING = 'test/fixtures/recordings/emqx-5.10.3.jsonl';

if (!existsSync('dist/server.js'))
  await finished(spawn('npm', ['run', '--silent', 'build'], { stdio: 'inherit' }));

const port = await freePort();
const formatFor = (stream) => (stream.isTTY ? 'pretty' : 'json');
const server = spawn(
  process.execPath,
  ['dist/server.js', '--events-stdout', formatFor(process.stdout), '--log-format', formatFor(process.stderr)],
  {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'inherit', 'pipe'],
  },
);
server.stderr.pipe(process.stderr);
await said(server.stderr, 'listening on');

const replay = [
  'dist/cli.js',
  'replay',
  RECORDING,
  '--url',
  `http://127.0.0.1:${port}`,
  '--speed',
  '4',
  '--summary',
];
const status = await finished(
  spawn(process.execPath, replay, { stdio: ['ignore', 'pipe', 'inherit'] }),
  true,
);
server.kill('SIGTERM');
await finished(server);
process.stdout.write(`\n${status.output}`);
process.exitCode = status.code;

/** Resolves when the stream contains the text. */
function said(stream, words) {
  return new Promise((resolve, reject) => {
    let heard = '';
    stream.on('data', (chunk) => {
      heard += chunk;
      if (heard.includes(words)) resolve();
    });
    stream.once('end', () => reject(new Error('the server did not start')));
  });
}

function finished(child, collect = false) {
  return new Promise((resolve, reject) => {
    let output = '';
    if (collect) child.stdout.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      collect || code === 0 ? resolve({ code, output }) : reject(new Error(`exit ${code}`)),
    );
  });
}
