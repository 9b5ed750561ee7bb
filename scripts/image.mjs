/**
 * Lays out our part of the image: `npm run image:prepare -- DIRECTORY`, after `npm run build`, on the platform of the
 * image.
 *
 *     DIRECTORY/app/dist          the bundle, without types and source maps
 *     DIRECTORY/app/node_modules  what is not in the bundle, and its dependencies
 *     DIRECTORY/app/healthcheck.mjs
 *     DIRECTORY/node_modules      makes `import 'exhook-edge'` work in hooks that are mounted anywhere
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { withoutOpeners } from './declarations.mjs';
import { copyFiles, isForNode } from './image/files.mjs';
import { findUnbundled } from './image/unbundled.mjs';
import { BUNDLED_FILE } from './supply-chain/bundled.mjs';
import { licenceText } from './supply-chain/licence-text.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** @param {string} directory is created; must be empty */
export async function prepareImage(directory) {
  const app = join(directory, 'app');
  copyFiles(join(root, 'dist'), join(app, 'dist'), isShipped);
  const { packages } = readJson('package-lock.json');
  for (const path of findUnbundled(readJson('package.json'), { packages }, readJson(BUNDLED_FILE), root))
    copyPackage(path, join(app, path), packages[path]);
  copyFiles(root, app, (name) => name === 'LICENSE');
  writeFileSync(join(app, 'package.json'), describe(readJson('package.json')), { mode: 0o644 });
  await bundleHealthcheck(join(app, 'healthcheck.mjs'));
  mkdirSync(join(directory, 'node_modules'), { mode: 0o755 });
  symlinkSync('../app', join(directory, 'node_modules/exhook-edge'));
}

const isShipped = (name) => !/^types(\/|$)|\.map$|^bundled\.json$/.test(name);

/** Nested packages are listed on their own, if needed. */
const isOfPackage = (name, isDirectory) => name !== 'node_modules' && isForNode(name, isDirectory);

/** Copies its licence, even if the package has it in its README only. */
function copyPackage(path, to, { license: licence }) {
  copyFiles(join(root, path), to, isOfPackage);
  if (readdirSync(to).some((name) => /^(licen[cs]e|copying)/i.test(name))) return;
  const { name } = readJson(`${path}/package.json`);
  writeFileSync(join(to, 'LICENSE'), `${licenceText(root, { path, name, licence })}\n`, { mode: 0o644 });
}

/** The fields that Node reads: the kind of modules, and the meaning of `import 'exhook-edge'`. */
function describe({ name, version, license, type, exports }) {
  return `${JSON.stringify({ name, version, license, type, exports }, undefined, 2)}\n`;
}

async function bundleHealthcheck(outfile) {
  await build({
    entryPoints: [join(root, 'scripts/healthcheck.mjs')],
    outfile,
    bundle: true,
    minify: true,
    legalComments: 'none',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // It reads configurations, and opens neither sinks nor login methods.
    plugins: [withoutOpeners],
    // Some of it is CommonJS and calls require().
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory] = process.argv.slice(2);
  if (directory === undefined) {
    process.stderr.write(`usage: node scripts/${basename(process.argv[1])} DIRECTORY\n`);
    process.exitCode = 2;
  } else {
    // Another user will read it.
    process.umask(0o022);
    await prepareImage(directory);
  }
}
