/** Finds the packages whose code is in dist/, from the bundler's own report, not a maintained list. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the build writes the results of this module, for the SBOM and the tests. */
export const BUNDLED_FILE = 'dist/bundled.json';

/**
 * Code that a package embeds as text: the bundler cannot see it. worker-timers embeds a built worker that contains
 * these.
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
 * Lists them.
 * @param {readonly import('esbuild').Metafile[]} metafiles
 * @param {string} root the directory with node_modules
 * @returns {Bundled[]} sorted by path
 */
export function findBundled(metafiles, root) {
  const paths = new Set();
  for (const { inputs } of metafiles.flatMap(({ outputs }) => Object.values(outputs)))
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const path = packageOf(file);
      if (path === undefined || bytesInOutput === 0) continue;
      paths.add(path);
      for (const name of carried[path.replace('node_modules/', '')] ?? []) paths.add(`node_modules/${name}`);
    }
  return [...paths].sort().map((path) => readPackage(path, root));
}

/** Returns `node_modules/zod` for `../x/node_modules/zod/v4/core.js`; undefined for our own files. */
export function packageOf(file) {
  return /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function readPackage(path, root) {
  const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  return { name, version, path };
}
