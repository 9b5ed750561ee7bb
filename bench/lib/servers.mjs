/** Starts and stops the compared servers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../scripts/free-port.mjs';
import { BUILD, ROOT } from './build.mjs';
import { libraryOf, peers } from './peers.mjs';

/**
 * @typedef {object} Server
 * @property {string} id
 * @property {string} title
 * @property {(port: number, call: import('./requests.mjs').Call, directory: string) => readonly string[]} [args] of node
 * @property {(port: number) => readonly string[]} [command] of another program
 *
 * @typedef {object} Running
 * @property {string} title
 * @property {number} port
 * @property {number} pid
 * @property {number} spawnedAt by performance.now()
 * @property {AbortSignal} gone aborted when the process has ended
 * @property {() => Promise<void>} stop
 */

const PROGRAM = join(ROOT, 'dist/server.js');
/** Milliseconds after SIGTERM before SIGKILL. */
const STOP_PATIENCE = 15_000;

/** @type {readonly Server[]} */
const all = [
  {
    id: 'floor',
    title: 'bare node:http2 (the floor)',
    args: (port, call) => [join(ROOT, 'bench/servers/floor.mjs'), `${port}`, call.reply.toString('base64')],
  },
  {
    id: 'ours',
    title: 'exhook-edge, events off',
    args: (port, _, directory) => [PROGRAM, '--config', writeConfig(directory, port, 'off')],
  },
  {
    id: 'ours-node',
    title: 'exhook-edge with listen.http2: node, events off',
    args: (port, _, directory) => [PROGRAM, '--config', writeConfig(directory, port, 'off', 'node')],
  },
  {
    id: 'ours-plain',
    title: 'exhook-edge, configured by flags',
    args: (port) => [
      PROGRAM,
      '--host',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--events-stdout',
      'off',
      '--log-level',
      'warn',
    ],
  },
  {
    id: 'ours-policies',
    title: 'exhook-edge, a file with policies',
    args: (port, _, directory) => [PROGRAM, '--config', writePolicies(directory, port)],
  },
  {
    id: 'ours-json',
    title: 'exhook-edge, events as JSON to /dev/null',
    args: (port, _, directory) => [PROGRAM, '--config', writeConfig(directory, port, 'json')],
  },
  {
    id: 'lean',
    title: 'our transport and hooks alone',
    args: (port) => [join(BUILD, 'lean.mjs'), `${port}`],
  },
  {
    id: 'grpc-js',
    title: '@grpc/grpc-js, protobuf-es',
    args: (port) => [join(BUILD, 'grpc-js.mjs'), `${port}`, 'es'],
  },
  {
    id: 'grpc-js-loader',
    title: '@grpc/grpc-js, proto-loader',
    args: (port) => [join(BUILD, 'grpc-js.mjs'), `${port}`, 'loader'],
  },
  { id: 'connect', title: 'connectNodeAdapter', args: (port) => [join(BUILD, 'connect.mjs'), `${port}`] },
  ...peers.map(({ name, command }) => ({ id: `grpc-${name}`, title: libraryOf(name) ?? name, command })),
];

/** Our own rows: the first that runs is compared with the others. */
export const OURS = ['ours-plain', 'ours-policies', 'ours', 'lean'];

/**
 * @param {readonly string[]} ids
 * @returns {readonly Server[]}
 */
export function findServers(ids) {
  for (const id of ids) {
    if (!all.some((server) => server.id === id)) {
      throw new Error(`there is no server "${id}"; there are ${all.map((server) => server.id).join(', ')}`);
    }
  }
  if (ids.some((id) => id.startsWith('ours')) && !existsSync(PROGRAM)) {
    throw new Error('dist/server.js is missing: run `npm run build` first');
  }
  const missing = peers.find(({ name }) => ids.includes(`grpc-${name}`) && libraryOf(name) === undefined);
  if (missing !== undefined)
    throw new Error(
      `grpc-${missing.name} is not built: run \`npm run bench:peers -- ${missing.name}\` first`,
    );
  return all.filter((server) => ids.includes(server.id));
}

/**
 * Starts a server without waiting for it.
 *
 * @param {Server} server
 * @param {import('./requests.mjs').Call} call the floor answers every request with its reply
 * @param {object} options
 * @param {number} options.core
 * @param {string} options.directory
 * @param {readonly string[]} [options.nodeArgs]
 * @returns {Promise<Running>}
 */
export async function startServer(server, call, { core, directory, nodeArgs = [] }) {
  const port = await freePort();
  const command = server.command?.(port) ?? [
    process.execPath,
    ...nodeArgs,
    ...(server.args?.(port, call, directory) ?? []),
  ];
  const spawnedAt = performance.now();
  const child = spawn('taskset', ['-c', `${core}`, ...command], {
    cwd: directory,
    // Events go to /dev/null.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  });
  const gone = new AbortController();
  const exit = once(child, 'exit').then(([code, signal]) => {
    gone.abort(new Error(`${server.title} has ended: ${code ?? signal}`));
  });
  return {
    title: server.title,
    port,
    pid: /** @type {number} */ (child.pid),
    spawnedAt,
    gone: gone.signal,
    async stop() {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE);
      await exit;
      clearTimeout(kill);
    },
  };
}

/** A configuration as a user writes it: custom hooks, from the library. */
function writeConfig(directory, port, stdout, http2 = 'own') {
  const home = join(directory, `ours-${stdout}-${http2}`);
  mkdirSync(home, { recursive: true });
  const library = pathToFileURL(join(ROOT, 'dist/index.js'));
  const hooks = pathToFileURL(join(BUILD, 'hooks.mjs'));
  writeFileSync(
    join(home, 'hooks.mjs'),
    `import * as library from '${library}';\nimport { makeHooks } from '${hooks}';\nexport default makeHooks(library);\n`,
  );
  const path = join(home, 'exhook.yaml');
  writeFileSync(
    path,
    `listen: { host: 127.0.0.1, port: ${port}, http2: ${http2} }\nlog: { level: warn }\nevents: { stdout: ${stdout} }\nhooks: { custom: ./hooks.mjs }\n`,
  );
  return path;
}

/** A configuration with all three policies, and one user. */
function writePolicies(directory, port) {
  const path = join(directory, 'policies.yaml');
  const hash = '$2b$04$0iJZEeHnHdWBl4ozBwlgnu1oqPmsEcu.e2vbvVewECUso9eogZgeK';
  writeFileSync(join(directory, 'users.yaml'), `- { username: pump-1, hash: ${hash} }\n`);
  writeFileSync(
    path,
    [
      `listen: { host: 127.0.0.1, port: ${port} }`,
      'log: { level: error }',
      'events: { stdout: off }',
      'authenticate: { methods: [{ users: { file: ./users.yaml } }] }',
      'authorize: { rules: [{ allow: publish, topics: "devices/${clientid}/#" }] }',
      'publish: { rules: [{ topics: devices/+/state, set: { qos: 1 } }] }',
      '',
    ].join('\n'),
  );
  return path;
}

/**
 * Creates a temporary directory with the bodies of the calls.
 *
 * @param {readonly import('./requests.mjs').Call[]} calls
 */
export function makeDirectory(calls) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  for (const call of calls) writeFileSync(join(directory, `${call.id}.bin`), call.body);
  return directory;
}
