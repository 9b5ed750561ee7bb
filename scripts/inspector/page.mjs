// Bundles the inspector's page into dist/inspector/, with the list of what its server may serve.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const SOURCE = 'web/inspector';
const OUTPUT = 'dist/inspector';

/** Content types by ending. */
const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/**
 * @typedef {object} Asset
 * @property {string} file beside the manifest
 * @property {string} type the content type
 * @property {string} integrity `sha256-BASE64`, as in HTML
 */

/**
 * Writes the page, and `manifest.json`: the path of each URL that is served, with its {@link Asset}. Names hold a hash
 * of the contents, but for `/` and the icon.
 *
 * @returns {Promise<import('esbuild').Metafile>} what the bundles consist of
 */
export async function buildPage() {
  const { metafile } = await build({
    entryPoints: { main: `${SOURCE}/main.tsx`, style: `${SOURCE}/main.css` },
    outdir: OUTPUT,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    // What only some views need is loaded when they open.
    splitting: true,
    format: 'esm',
    platform: 'browser',
    // `light-dark()` is as old as these.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    // For the lists of licences; browsers are not given them.
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  writeManifest(Object.entries(metafile.outputs));
  return metafile;
}

/** @param {[string, import('esbuild').Metafile['outputs'][string]][]} outputs */
function writeManifest(outputs) {
  mkdirSync(OUTPUT, { recursive: true });
  const files = outputs.map(([path]) => basename(path)).filter((name) => !name.endsWith('.map'));
  const assets = Object.fromEntries(files.map((file) => [`/assets/${file}`, assetOf(file)]));
  writeFileSync(join(OUTPUT, 'icon.svg'), readFileSync(join(SOURCE, 'icon.svg')));
  writeFileSync(join(OUTPUT, 'index.html'), htmlOf(assets));
  const all = { '/': assetOf('index.html'), '/icon.svg': assetOf('icon.svg'), ...assets };
  writeFileSync(join(OUTPUT, 'manifest.json'), `${JSON.stringify(all, undefined, 2)}\n`);
}

/** @returns {Asset} */
function assetOf(file) {
  const digest = createHash('sha256').update(readFileSync(join(OUTPUT, file)));
  return { file, type: types[file.split('.').at(-1)], integrity: `sha256-${digest.digest('base64')}` };
}

/** The page with its style and its script; neither is within it, so that its policy can forbid that. */
function htmlOf(assets) {
  const find = (pattern) => Object.entries(assets).find(([path]) => pattern.test(path));
  const [style, { integrity: styleHash }] = find(/\/style-\w+\.css$/);
  const [script, { integrity: scriptHash }] = find(/\/main-\w+\.js$/);
  const tags = [
    `<link rel="stylesheet" href="${style}" integrity="${styleHash}" />`,
    `<script type="module" src="${script}" integrity="${scriptHash}"></script>`,
  ];
  return readFileSync(join(SOURCE, 'index.html'), 'utf8').replace('<!-- assets -->', tags.join('\n    '));
}
