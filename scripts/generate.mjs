/**
 * Writes what is generated besides the types of buf: functions for the wire, exhook.schema.json and
 * docs/configuration.md.
 *
 * Node 20 cannot run TypeScript, so that esbuild bundles the two functions into a temporary file.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { writeWire } from './wire.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await writeWire(root, format);

const entry = `
  export { configJsonSchema } from './src/config/json-schema.ts';
  export { configReference } from './src/config/reference.ts';
`;
const directory = mkdtempSync(join(tmpdir(), 'exhook-generate-'));
const outfile = join(directory, 'config.mjs');
await build({
  stdin: { contents: entry, resolveDir: root, loader: 'ts' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile,
});
const { configJsonSchema, configReference } = await import(pathToFileURL(outfile).href);
rmSync(directory, { recursive: true });

mkdirSync(`${root}/docs`, { recursive: true });
writeFileSync(`${root}/exhook.schema.json`, format('exhook.schema.json', JSON.stringify(configJsonSchema())));
writeFileSync(`${root}/docs/configuration.md`, configReference());

/** As `biome check` wants it. */
function format(name, input) {
  const biome = `${root}/node_modules/.bin/biome`;
  return execFileSync(biome, ['format', `--stdin-file-path=${name}`], { cwd: root, input, encoding: 'utf8' });
}
