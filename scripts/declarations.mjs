// Reads what the sources declare, such as the kinds of sinks. Node 20 cannot run TypeScript, so esbuild bundles it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Leaves out what a declaration loads later: the code of sinks, with their client libraries. */
export const withoutOpeners = {
  name: 'without-openers',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/open\.ts$/ }, ({ path, importer, kind }) =>
      kind === 'dynamic-import' && importer.endsWith('/declaration.ts')
        ? { path, external: true }
        : undefined,
    );
  },
};

/**
 * @param {string} contents a module that re-exports from files of src/
 * @returns {Promise<Record<string, any>>} what it exports
 */
export async function readDeclarations(contents) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-declarations-'));
  const outfile = join(directory, 'declarations.mjs');
  try {
    const stdin = { contents, resolveDir: root, loader: 'ts' };
    await build({
      stdin,
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      plugins: [withoutOpeners],
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
