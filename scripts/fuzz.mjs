/**
 * `npm run fuzz -- [--seconds 60] [--seed N] [--target NAME]`: feeds damaged input to everything that reads foreign
 * data. Findings are kept in test/fuzz/corpus, where every test run tries them again.
 *
 * Node 20 cannot run TypeScript, so esbuild bundles the fuzzer into a temporary file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { withoutOpeners } from './declarations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const directory = mkdtempSync(join(tmpdir(), 'exhook-fuzz-'));
process.once('exit', () => rmSync(directory, { recursive: true }));
const outfile = join(directory, 'fuzz.mjs');
await build({
  entryPoints: ['test/fuzz/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  sourcemap: 'inline',
  logLevel: 'error',
  // No target needs what cannot be bundled.
  external: ['@node-rs/argon2', '@node-rs/bcrypt', 'lmdb'],
  plugins: [withoutOpeners],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await import(pathToFileURL(outfile).href);
