// Puts chunks that belong together into one file each, a part: finding, opening and linking thirty files takes longer
// than reading one, and V8 keeps compiled code for scripts only. src/parts.ts runs parts. The bundler cannot be told to
// do so. Its chunks are therefore bundled again, and each becomes a list of names that points into its part, for code
// that is loaded later.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { build } from 'esbuild';
import { DIRECTORY, LOADER } from './list.mjs';

/**
 * @param {import('esbuild').Metafile} metafile of the first bundling
 * @param {readonly import('./list.mjs').Part[]} parts
 * @param {import('esbuild').BuildOptions} common options of the first bundling that apply here too
 */
export async function makeParts({ outputs }, parts, { banner, ...common }) {
  const placeOf = assign(outputs, parts);
  await build({
    ...common,
    format: 'cjs',
    entryPoints: ['src/parts.ts'],
    outfile: LOADER,
    bundle: true,
    sourcemap: false,
  });
  for (const part of parts) await bundlePart(part, placeOf, common, banner.js);
  for (const [path, part] of placeOf) {
    writeFileSync(path, facadeOf(path, part, outputs[path].exports));
    rmSync(`${path}.map`, { force: true });
  }
  for (const path of Object.keys(outputs))
    if (path.endsWith('.js') && !placeOf.has(path)) redirectImports(path, placeOf);
}

/** @returns {Map<string, string>} chunk -> part */
function assign(outputs, parts) {
  const placeOf = new Map();
  const add = (path, name) => {
    if (placeOf.has(path)) return;
    placeOf.set(path, name);
    for (const { path: imported, kind, external } of outputs[path].imports)
      if (kind === 'import-statement' && !external) add(imported, name);
  };
  for (const { name, inputs } of parts) for (const input of inputs) add(chunkOf(outputs, input), name);
  return placeOf;
}

function chunkOf(outputs, input) {
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === input);
  const holder = entry ?? Object.keys(outputs).find((path) => outputs[path].inputs?.[input] !== undefined);
  if (holder === undefined) throw new Error(`${input} is in no chunk`);
  return holder;
}

/** A script with compiled code can load modules only behind a flag: the loader does it for the parts. */
const PREAMBLE = [
  'const __fileUrl=require("node:url").pathToFileURL(__filename).href',
  '__load=require("./parts.cjs").load;',
].join();

/** Returns the name of a chunk within its part. */
const keyOf = (path) => `c_${basename(path, '.js').replaceAll('-', '_')}`;

async function bundlePart({ name, needs = [] }, placeOf, common, banner) {
  const own = [...placeOf].filter(([, part]) => part === name).map(([path]) => path);
  const outfile = join(DIRECTORY, `${name}.cjs`);
  await build({
    ...common,
    format: 'cjs',
    stdin: {
      contents: [
        ...own.map((path) => `export * as ${keyOf(path)} from './${path}';`),
        `export const needs = ${JSON.stringify(needs)};`,
      ].join('\n'),
      resolveDir: process.cwd(),
      sourcefile: name,
    },
    outfile,
    bundle: true,
    define: { 'import.meta.url': '__fileUrl' },
    banner: { js: PREAMBLE },
    plugins: [otherParts(name, placeOf), keepDynamicImports, withoutBanner(banner)],
  });
  redirectImports(outfile, placeOf);
  const code = readFileSync(outfile, 'utf8');
  writeFileSync(outfile, code.replaceAll(/(?<![.\w$])import\(/g, '__load('));
}

/** What belongs to another part is imported from there. */
function otherParts(name, placeOf) {
  return {
    name: 'other-parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const chunk = posix.relative(process.cwd(), posix.join(resolveDir, path));
        const part = placeOf.get(chunk);
        if (kind !== 'import-statement' || part === undefined || part === name) return undefined;
        return { path: chunk, namespace: 'part', pluginData: part };
      });
      onResolve({ filter: /^\.\/parts\.cjs$/, namespace: 'part' }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /.*/, namespace: 'part' }, ({ path, pluginData }) => ({
        contents: `module.exports = require('./parts.cjs').part(${JSON.stringify(pluginData)}).${keyOf(path)};`,
        resolveDir: DIRECTORY,
      }));
    },
  };
}

/** @type {import('esbuild').Plugin} keeps dynamic imports as they are */
const keepDynamicImports = {
  name: 'keep-dynamic-imports',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** @returns {import('esbuild').Plugin} */
function withoutBanner(banner) {
  return {
    name: 'without-banner',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(banner, ''),
      }));
    },
  };
}

/** An import of a chunk that is in a part asks the part, not a file. */
function redirectImports(path, placeOf) {
  const code = readFileSync(path, 'utf8');
  const loader = `./${posix.relative(dirname(path), LOADER)}`;
  const redirected = code.replaceAll(/\bimport\("(\.[^"]+\.js)"\)/g, (whole, from) => {
    const chunk = posix.join(dirname(path), from);
    const part = placeOf.get(chunk);
    if (part === undefined) return whole;
    return `Promise.resolve().then(()=>require("${loader}").part("${part}").${keyOf(chunk)})`;
  });
  if (redirected !== code) writeFileSync(path, redirected);
}

/** The module that Node loads instead of a chunk. */
function facadeOf(path, part, names) {
  const loader = `./${posix.relative(dirname(path), LOADER)}`;
  const values = names.map((name, i) => `v${i}=m.${name}`).join(',');
  const exported = names.map((name, i) => `v${i} as ${name}`).join(',');
  return [
    "import{createRequire}from'node:module';",
    `const m=createRequire(import.meta.url)("${loader}").part("${part}").${keyOf(path)}${values && ','}${values};`,
    `export{${exported}};\n`,
  ].join('\n');
}
