/** Two base images made on the spot: from packages of Debian that are installed here, and the Node that runs this. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findProgram, run } from './tools.mjs';

/** What Node links against. */
const LIBRARIES = ['libc6', 'libgcc-s1', 'libstdc++6'];
/** What `npm ci` and `npm run` call: a runtime, `env` and friends, and their libraries. */
const SHELL = ['dash', 'coreutils', 'libselinux1', 'libpcre2-8-0', 'libacl1', 'libattr1', 'libgmp10'];

/** Directories that are links into /usr since Debian 12. */
const MERGED = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
const UNNEEDED = /^\/usr\/(?:share|lib\/[^/]+\/(?:gconv|audit))\//;

/** Like a distroless image: Node in /nodejs/bin, its libraries, a user that is not root, and no runtime. */
export async function fillRuntime(root) {
  await fillWith(root, LIBRARIES);
  await copyNode(root, '/nodejs/bin/node');
}

/** Like an image of Node on Debian: Node and npm in /usr, and a runtime. */
export async function fillBuilder(root) {
  await fillWith(root, [...LIBRARIES, ...SHELL]);
  await copyNode(root, '/usr/bin/node');
  const npm = dirname(dirname(realpathSync(findProgram('npm'))));
  cpSync(npm, join(root, 'usr/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/bin/npm'));
}

async function fillWith(root, packages) {
  for (const name of ['usr/bin', 'usr/lib', 'usr/lib64', 'etc', 'tmp', 'root'])
    mkdirSync(join(root, name), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  for (const name of MERGED)
    if (lstatSync(`/${name}`, { throwIfNoEntry: false })?.isSymbolicLink())
      symlinkSync(`usr/${name}`, join(root, name));
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0::/root:/sbin/nologin\nnonroot:x:65532:65532::/:/sbin/nologin\n',
  );
  for (const file of await filesOf(packages)) copyTo(root, file);
}

/** @returns {Promise<string[]>} files and links, no directories */
async function filesOf(packages) {
  const { stdout } = await run('dpkg-query', ['--listfiles', ...packages]);
  return stdout
    .split('\n')
    .filter((path) => path.startsWith('/') && !UNNEEDED.test(`${path}/`))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false);
}

/** The program with all its libraries: Debian's own Node has more of them than those above. */
async function copyNode(root, to) {
  mkdirSync(join(root, dirname(to)), { recursive: true });
  copyFileSync(process.execPath, join(root, to));
  const { stdout } = await run('ldd', [process.execPath]);
  for (const [, library] of stdout.matchAll(/(\/\S+) \(0x/g)) copyTo(root, library);
}

/** Resolves to the real path: both /lib and /usr/lib may be given. Links stay links, together with their targets. */
function copyTo(root, path) {
  const place = join(realpathSync(dirname(path)), basename(path));
  const target = join(root, place);
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(dirname(target), { recursive: true });
  cpSync(place, target, { verbatimSymlinks: true });
  if (lstatSync(place).isSymbolicLink()) copyTo(root, realpathSync(place));
}
