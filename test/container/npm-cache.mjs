/** How the build gets its packages: from npm's cache without a network, if everything is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tools.mjs';

/** Where the cache is in the builder. */
const PLACE = '/npm-cache';

/**
 * @param {string} root of the project
 * @returns {Promise<{ env: Record<string, string>, args: string[], isOffline: boolean }>} variables of the builder, and
 *   arguments for `buildah bud`
 */
export async function npmOptions(root) {
  const setting = async (name) => (await run('npm', ['config', 'get', name])).stdout;
  const cache = await setting('cache');
  const isOffline = holdsAll(cache, readLock(root));
  const env = {
    npm_config_cache: PLACE,
    npm_config_registry: await setting('registry'),
    npm_config_update_notifier: 'false',
    ...(isOffline ? { npm_config_offline: 'true' } : { npm_config_prefer_offline: 'true' }),
  };
  // Output of the build there is temporary.
  const volumes = existsSync(cache) ? ['--volume', `${cache}:${PLACE}:O`] : [];
  return { env, isOffline, args: [...volumes, '--network', isOffline ? 'none' : 'host'] };
}

const readLock = (root) => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

function holdsAll(cache, { packages }) {
  return Object.values(packages)
    .filter(isForHere)
    .every(({ integrity }) => existsSync(contentOf(cache, integrity)));
}

/**
 * What npm would install. Optional packages do not count, because one entry does not tell whether they are installed.
 */
const isForHere = ({ integrity, optional }) => integrity !== undefined && optional !== true;

/** Where npm keeps a package, by the hash that the lock file names. */
function contentOf(cache, integrity) {
  const [algorithm, digest] = integrity.split(/-(.*)/s);
  const hash = Buffer.from(digest, 'base64').toString('hex');
  return join(cache, '_cacache/content-v2', algorithm, hash.slice(0, 2), hash.slice(2, 4), hash.slice(4));
}
