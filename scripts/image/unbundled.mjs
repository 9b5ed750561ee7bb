/** Finds the packages that the bundle still needs beside it, from the bundler's own report, not a maintained list. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findNeeds } from '../supply-chain/shipped.mjs';

/**
 * @param {{ dependencies: Record<string, string> }} manifest package.json
 * @param {{ packages: Record<string, any> }} lock package-lock.json
 * @param {import('../supply-chain/bundled.mjs').Bundled[]} bundled
 * @param {string} root the directory with node_modules
 * @returns {string[]} sorted paths as the lock file names them: dependencies that are not in the bundle, and all of
 *   theirs that npm has installed on this platform
 */
export function findUnbundled(manifest, lock, bundled, root) {
  const inBundle = new Set(bundled.map(({ path }) => path));
  const found = new Set();
  const add = (path) => {
    const { dev } = lock.packages[path];
    if (found.has(path) || dev === true || !existsSync(join(root, path))) return;
    found.add(path);
    for (const need of findNeeds(lock, path)) add(need);
  };
  for (const name of Object.keys(manifest.dependencies)) {
    const path = `node_modules/${name}`;
    if (!inBundle.has(path)) add(path);
  }
  return [...found].sort();
}
