// Puts every chunk that a start needs into one file: finding, opening and linking thirty files takes longer than
// reading one. The bundler cannot be told; so its chunks are bundled again, and each becomes a list of names that
// leads into the one file, for the parts that are loaded later.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * @param {import('esbuild').Metafile} metafile of the first bundling
 * @param {object} options
 * @param {string} options.entry the source file whose chunk starts the program
 * @param {string} options.name of the file to write, beside the chunks
 * @param {import('esbuild').BuildOptions} options.with options of the first bundling that hold here too
 */
export async function mergeChunks(metafile, { entry, name, with: common }) {
  const { outputs } = metafile;
  const first = Object.keys(outputs).find((path) => outputs[path].entryPoint === entry);
  if (first === undefined) throw new Error(`${entry} is not a chunk of its own`);
  const chunks = [...staticChunks(outputs, first)].map((path) => ({ path, exports: outputs[path].exports }));
  const directory = dirname(first);
  const file = join(directory, `${name}.js`);
  await build({
    ...common,
    stdin: {
      contents: chunks.map(forward(directory)).join('\n'),
      resolveDir: resolve(directory),
      sourcefile: name,
    },
    outfile: file,
    bundle: true,
    // What is loaded later stays where it is, and the banner of each chunk is wanted once.
    plugins: [keepDynamicImports, withoutBanner(common.banner?.js ?? '')],
    sourcemap: true,
  });
  for (const [i, { path, exports }] of chunks.entries()) {
    const names = exports.map((exported) => `${nameIn(i, exported)} as ${exported}`);
    const from = `./${posix.relative(dirname(path), file)}`;
    writeFileSync(path, `export{${names.join(',')}}from${JSON.stringify(from)};\n`);
    rmSync(`${path}.map`);
  }
}

/** @returns {Set<string>} the chunk and all that it imports before it runs */
function staticChunks(outputs, first, found = new Set()) {
  if (found.has(first)) return found;
  found.add(first);
  for (const { path, kind, external } of outputs[first].imports) {
    if (kind === 'import-statement' && !external) staticChunks(outputs, path, found);
  }
  return found;
}

const nameIn = (chunk, exported) => `c${chunk}_${exported}`;

const forward =
  (directory) =>
  ({ path, exports }, i) => {
    const from = JSON.stringify(`./${posix.relative(directory, path)}`);
    const names = exports.map((exported) => `${exported} as ${nameIn(i, exported)}`);
    return `import ${from};\nexport { ${names.join(', ')} } from ${from};`;
  };

/** @type {import('esbuild').Plugin} */
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
