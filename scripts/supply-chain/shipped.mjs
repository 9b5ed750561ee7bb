/** Lists all third-party code that users run: what is bundled into dist/, and what npm installs beside it. */

/**
 * @typedef {object} Shipped
 * @property {string} path as package-lock.json names it
 * @property {string} name
 * @property {string} version
 * @property {string} licence an SPDX expression
 * @property {string | undefined} integrity as in the lock file: `sha512-BASE64`
 * @property {boolean} isBundled its code is in dist/
 * @property {boolean} isInstalled npm installs it with the package
 * @property {boolean} isOptional only for some platforms, or only if it can be built
 * @property {string[]} needs paths of the shipped packages that it depends on
 */

/**
 * @param {{ packages: Record<string, any> }} lock package-lock.json
 * @param {import('./bundled.mjs').Bundled[]} bundled
 * @returns {Shipped[]} sorted by path
 * @throws {Error} if the bundle contains what the lock file does not: dist/ is older than node_modules
 */
export function findShipped(lock, bundled) {
  const bundledPaths = new Set(bundled.map(({ path, version }) => checkLocked(lock, path, version)));
  const isShipped = (path) => path !== '' && (bundledPaths.has(path) || isInstalled(lock.packages[path]));
  return Object.keys(lock.packages)
    .filter(isShipped)
    .sort()
    .map((path) => {
      const { version, license, integrity, optional, devOptional } = lock.packages[path];
      return {
        path,
        name: nameOf(path),
        version,
        licence: license ?? 'UNKNOWN',
        integrity,
        isBundled: bundledPaths.has(path),
        isInstalled: isInstalled(lock.packages[path]),
        isOptional: optional === true || devOptional === true,
        needs: findNeeds(lock, path).filter(isShipped),
      };
    });
}

/** Returns the paths of a package's dependencies, as Node resolves them from there. */
export function findNeeds(lock, path) {
  const { dependencies, optionalDependencies, peerDependencies } = lock.packages[path];
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return names.map((name) => resolveName(lock, path, name)).filter((found) => found !== undefined);
}

function resolveName(lock, from, name) {
  for (let base = from; ; base = base.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (path in lock.packages) return path;
    if (base === '') return undefined;
  }
}

const isInstalled = ({ dev }) => dev !== true;

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

function checkLocked(lock, path, version) {
  const locked = lock.packages[path]?.version;
  if (locked === version) return path;
  throw new Error(
    `${path} is bundled as ${version}, but locked as ${locked ?? 'nothing'}; run "npm ci" and "npm run build"`,
  );
}
