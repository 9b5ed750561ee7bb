/** Bundles the servers and the protobuf helpers into bench/.build/: Node 20 cannot run TypeScript. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BUILD = join(ROOT, 'bench/.build');

const entries = [
  'servers/connect.ts',
  'servers/grpc-js.ts',
  'servers/hooks.ts',
  'servers/lean.ts',
  'lib/messages.ts',
];

/** Same as scripts/build.mjs. */
const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/**
 * Bundles parts of the sources, to call them in this process.
 *
 * @param {string} contents TypeScript that exports them; paths are those of the project
 * @returns {Promise<any>} the module
 */
export async function importSources(contents) {
  const outfile = join(BUILD, `sources-${process.pid}.mjs`);
  await build({
    ...common,
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    outfile,
    external: ['msgpackr-extract', 'cbor-extract', '@node-rs/argon2', '@node-rs/bcrypt', 'lmdb'],
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}

/** The servers, one file per entry. */
export async function buildBench() {
  rmSync(BUILD, { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: entries.map((name) => join(ROOT, 'bench', name)),
    outdir: BUILD,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    // Loaded only by the grpc-js variant that needs it, as in a user's program.
    external: ['@grpc/proto-loader'],
    minifySyntax: true,
    sourcemap: true,
  });
}
