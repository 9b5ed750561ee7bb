/** The two builds of a run: directories with a `server.js`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const present = join(root, 'dist');

/**
 * @param {{ old?: string, new?: string, 'old-ref'?: string }} options
 * @returns {{ old: string, new: string }}
 */
export function findBuilds(options) {
  return {
    old: options['old-ref'] === undefined ? findBuild(options.old) : buildRef(options['old-ref']),
    new: findBuild(options.new),
  };
}

function findBuild(directory = present) {
  const path = resolve(directory);
  if (!existsSync(join(path, 'server.js'))) throw new Error(`${path} holds no server.js: build it first`);
  return path;
}

/** Builds a tag or commit in its own directory, with the packages that are installed here. */
function buildRef(ref) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-upgrade-build-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const archive = join(directory, 'source.tar');
  execFileSync('git', ['archive', '--format=tar', '-o', archive, ref], { cwd: root });
  execFileSync('tar', ['xf', archive], { cwd: directory });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.mjs'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  });
  return join(directory, 'dist');
}
