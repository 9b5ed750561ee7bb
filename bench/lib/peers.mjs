/** Servers in other languages, built from packages of Debian: `npm run bench:peers -- go cpp python`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

const PEERS = join(ROOT, 'bench/peers');
const PROTO = join(ROOT, 'proto/emqx/exhook/v3/exhook.proto');

/** @param {string} name of the language */
const outputOf = (name) => join(PEERS, '.build', name);

/** @param {string} name */
const programOf = (name) => join(outputOf(name), 'server');

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {(port: number) => readonly [string, ...string[]]} command
 */

/** @type {readonly Peer[]} */
export const peers = [
  { name: 'go', command: (port) => [programOf('go'), `${port}`] },
  { name: 'cpp', command: (port) => [programOf('cpp'), `${port}`] },
  {
    // That of Debian, which knows its packages.
    name: 'python',
    command: (port) => ['/usr/bin/python3', join(PEERS, 'python/server.py'), `${port}`, outputOf('python')],
  },
];

/** Whether it was built, and of which library, such as `grpc-go 1.64.0`. @param {string} name */
export function libraryOf(name) {
  const file = join(outputOf(name), 'library');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** @param {string} name @throws Error when a tool or a library is missing */
export function buildPeer(name) {
  const { status } = spawnSync(join(PEERS, name, 'build.sh'), [PROTO, outputOf(name)], { stdio: 'inherit' });
  if (status !== 0)
    throw new Error(
      `the peer "${name}" was not built: install the packages that bench/peers/${name}/build.sh names`,
    );
}
