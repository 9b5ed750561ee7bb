/** Which packages' code is in dist/: told by the bundler, not by a list that somebody keeps. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the build writes what this module finds, for the SBOM and the tests. */
export const BUNDLED_FILE = 'dist/bundled.json';

/**
 * Code that a package carries as a text within its own: the bundler cannot see it.
 * worker-timers holds a built worker; these were built into it.
 */
const carried = {
  'worker-timers': ['worker-timers-worker', 'worker-factory', 'fast-unique-numbers'],
};

/**
 * @typedef {object} Bundled
 * @property {string} name
 * @property {string} version as installed
 * @property {string} path as package-lock.json names it: `node_modules/a/node_modules/b`
 */

/**
 * @param {import('esbuild').Metafile} metafile
 * @param {string} root the directory with node_modules
 * @returns {Bundled[]} sorted by path
 */
export function findBundled(metafile, root) {
  const paths = new Set();
  for (const { inputs } of Object.values(metafile.outputs))
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const path = packageOf(file);
      if (path === undefined || bytesInOutput === 0) continue;
      paths.add(path);
      for (const name of carried[path.replace('node_modules/', '')] ?? []) paths.add(`node_modules/${name}`);
    }
  return [...paths].sort().map((path) => readPackage(path, root));
}

/** `node_modules/zod` of `../x/node_modules/zod/v4/core.js`; nothing for a file of our own. */
export function packageOf(file) {
  return /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function readPackage(path, root) {
  const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  return { name, version, path };
}
