/**
 * Writes what is generated besides the types of buf: functions for the wire, exhook.schema.json and
 * docs/configuration.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readDeclarations } from './declarations.mjs';
import { writeWire } from './wire.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await writeWire(root, format);

const { configJsonSchema, configReference } = await readDeclarations(`
  export { configJsonSchema } from './src/config/json-schema.ts';
  export { configReference } from './src/config/reference.ts';
`);

mkdirSync(`${root}/docs`, { recursive: true });
writeFileSync(`${root}/exhook.schema.json`, format('exhook.schema.json', JSON.stringify(configJsonSchema())));
writeFileSync(`${root}/docs/configuration.md`, configReference());

/** As `biome check` wants it. */
function format(name, input) {
  const biome = `${root}/node_modules/.bin/biome`;
  return execFileSync(biome, ['format', `--stdin-file-path=${name}`], { cwd: root, input, encoding: 'utf8' });
}
