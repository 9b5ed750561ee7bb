/** Copies selected files of a directory, readable by every user, whatever the umask of the checkout. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {(name: string, isDirectory: boolean) => boolean} isWanted called for each file and directory with its path
 *   below `from`; links are skipped
 */
export function copyFiles(from, to, isWanted, below = '') {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(join(from, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!isWanted(name, entry.isDirectory())) continue;
    if (entry.isDirectory()) copyFiles(from, join(to, entry.name), isWanted, name);
    else if (entry.isFile()) copyFile(join(from, name), join(to, entry.name));
  }
}

function copyFile(from, to) {
  const isProgram = (statSync(from).mode & 0o100) !== 0;
  copyFileSync(from, to);
  chmodSync(to, isProgram ? 0o755 : 0o644);
}

/** What Node can load, and licence texts. The rest is sources, types, maps and documents. */
const LOADABLE = /\.(?:[cm]?js|json|node|wasm)$|(?:^|\/)(?:licen[cs]e|copying|notice)[^/]*$/i;
const FOR_OTHERS = /\.min\.js$|\.test\.[cm]?js$/;
const DIRECTORIES_FOR_OTHERS = /(?:^|\/)(?:tests?|examples?|benchmarks?|docs?)$/;

/**
 * Whether Node may need a file of a package on this platform.
 *
 * @param {string} name path within the package
 * @param {boolean} isDirectory
 */
export function isForNode(name, isDirectory) {
  if (isDirectory) return !DIRECTORIES_FOR_OTHERS.test(name);
  return LOADABLE.test(name) && !FOR_OTHERS.test(name) && (!name.endsWith('.node') || isForThisNode(name));
}

/**
 * Packages carry binaries for several versions of Node and C libraries. Keep the Node-API one, which fits any version:
 * another runtime then finds one too.
 */
function isForThisNode(name) {
  const isMusl = process.report.getReport().header.glibcVersionRuntime === undefined;
  if (isMusl ? /glibc/.test(name) : /musl/.test(name)) return false;
  const [, abi] = /abi(\d+)/.exec(name) ?? [];
  return abi === undefined || abi === process.versions.modules;
}
