/** The parts of the built program: `dist/chunks/start.cjs` beside the code that V8 has compiled of it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { root } from '../support/source.ts';
import { aBroker } from './support/broker.ts';
import { dist, startServer, temporaryDirectory } from './support/program.ts';

const isCompiled = (name: string) => name.endsWith('.v8');

/** A copy of the built program that a test may damage. */
function copyProgram(): { program: string; chunks: string } {
  const directory = temporaryDirectory();
  const program = join(directory, 'dist');
  cpSync(dist, program, { recursive: true, filter: (path) => !/\.map$|\/types$/.test(path) });
  cpSync(join(root, 'package.json'), join(directory, 'package.json'));
  return { program, chunks: join(program, 'chunks') };
}

/** Contents of a directory: names, sizes and times. */
function contentOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { size, mtimeMs } = statSync(join(directory, name));
    return `${name} ${size} ${mtimeMs}`;
  });
}

function eachCompiled(chunks: string, change: (file: string) => void): void {
  const names = readdirSync(chunks).filter(isCompiled);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) change(join(chunks, name));
}

/** Starts the program, calls it as a broker and as a prober does, and returns all that it has written. */
async function useProgram(program: string): Promise<string[]> {
  const server = await startServer(['--events-stdout', 'off'], { program });
  const rpc = rpcFor('client.connected', 'v3');
  const reply = await aBroker(server.url).call(rpc.path, requestOf(rpc, { clientinfo: { clientid: 'c' } }));
  expect(reply.status).toBe(0);
  await expectHealth(server.url);
  await server.stop();
  expect(server.stdout.text).toBe('');
  return server.stderr.lines.map((line) => JSON.parse(line).message.replace(/ http:.*/, ''));
}

/** Connect answers it, which the port opens without. */
async function expectHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/grpc.health.v1.Health/Check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(await response.json()).toStrictEqual({ status: 'SERVING' });
}

const WELL = ['listening on', 'stopping: no new connections, calls in flight are answered', 'stopped'];

describe('a start', () => {
  it('takes the code that was compiled at the build', () => {
    const script = `
      const { part, scripts } = require(${JSON.stringify(join(dist, 'chunks/parts.cjs'))});
      for (const name of ['start', 'protobuf', 'connect', 'yaml', 'policies']) part(name);
      console.log(JSON.stringify([...scripts].map(([name, { cachedDataRejected }]) => [name, cachedDataRejected])));
    `;
    const output = execFileSync(process.execPath, ['-e', script], { env: {}, encoding: 'utf8' });
    const parts = ['start', 'protobuf', 'connect', 'yaml', 'policies'];
    expect(JSON.parse(output)).toStrictEqual(parts.map((name) => [name, false]));
  });

  it.each<[string, (chunks: string) => void]>([
    ['is missing', (chunks) => eachCompiled(chunks, (file) => rmSync(file))],
    ['is empty', (chunks) => eachCompiled(chunks, (file) => truncateSync(file))],
    ['is cut off', (chunks) => eachCompiled(chunks, (file) => truncateSync(file, 5_000))],
    [
      'is of another version of V8',
      (chunks) =>
        eachCompiled(chunks, (file) => {
          const bytes = readFileSync(file);
          // Behind the magic number: a hash of the version.
          bytes.writeUInt32LE((bytes.readUInt32LE(4) ^ 0x5555) >>> 0, 4);
          writeFileSync(file, bytes);
        }),
    ],
    [
      'is there for another version only',
      (chunks) =>
        eachCompiled(chunks, (file) => renameSync(file, file.replace(process.versions.v8, '9.4.146'))),
    ],
    ['is of another part', (chunks) => eachCompiled(chunks, (file) => cpSync(join(dist, 'cli.js'), file))],
  ])('works and says nothing when compiled code %s', async (_, damage) => {
    const { program, chunks } = copyProgram();
    damage(chunks);
    expect(await useProgram(program)).toStrictEqual(WELL);
  });

  it('works under options for which V8 takes no compiled code', async () => {
    const env = { NODE_OPTIONS: '--stack-trace-limit=7' };
    const server = await startServer(['--events-stdout', 'off', '--watchdog', 'off'], { env });
    await expectHealth(server.url);
    expect(server.stderr.lines.length).toBe(1);
  });

  it('writes nothing to the directory of the program, which may be read-only', async () => {
    const { program, chunks } = copyProgram();
    const before = contentOf(program);
    for (const directory of [program, chunks]) chmodSync(directory, 0o555);
    expect(await useProgram(program)).toStrictEqual(WELL);
    expect(contentOf(program)).toStrictEqual(before);
  });

  it('shows the source in stack traces when source maps are on', () => {
    const script = `
      const chunks = ${JSON.stringify(join(dist, 'chunks/parts.cjs'))};
      const start = require(chunks).part('start');
      const { defineHook } = Object.values(start).find((chunk) => chunk.defineHook !== undefined);
      try { defineHook({ name: 'none' }); } catch (error) { console.log(error.stack); }
    `;
    const args = ['--enable-source-maps', '-e', script];
    expect(execFileSync(process.execPath, args, { env: {}, encoding: 'utf8' })).toMatch(
      /src\/core\/hook\.ts:\d+/,
    );
  });
});

describe('a server that listens', () => {
  it('answers what brokers do not ask although the files of the program are gone', async () => {
    const { program } = copyProgram();
    const server = await startServer(['--events-stdout', 'off', '--watchdog', 'off'], { program });
    rmSync(program, { recursive: true });
    await expectHealth(server.url);
  });
});
