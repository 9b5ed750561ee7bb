/**
 * Writes the generated files besides buf's types: functions for the wire, exhook.schema.json, docs/configuration.md,
 * and parts of other pages.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readDeclarations } from './declarations.mjs';
import { fillRegions } from './fill-regions.mjs';
import { writeWire } from './wire.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await writeWire(root, format);

const { configJsonSchema, configReference, loginParts, metricTables, sinkParts } = await readDeclarations(`
  export { configJsonSchema } from './src/config/json-schema.ts';
  export { configReference } from './src/config/reference.ts';
  export { loginParts } from './src/lookup/methods/reference.ts';
  export { sinkParts } from './src/sinks/reference.ts';
  export { metricTables } from './src/telemetry/reference.ts';
`);

mkdirSync(`${root}/docs`, { recursive: true });
writeFileSync(`${root}/exhook.schema.json`, format('exhook.schema.json', JSON.stringify(configJsonSchema())));
writeFileSync(`${root}/docs/configuration.md`, configReference());
fillRegions(`${root}/docs/sinks.md`, sinkParts(readProse('src/sinks')));
fillRegions(`${root}/docs/policies.md`, loginParts(readProse('src/lookup')));
fillRegions(`${root}/docs/metrics.md`, metricTables());

/** What is written about each kind, in its folder. */
function readProse(folder) {
  return (kind) => readFileSync(`${root}/${folder}/${kind}/docs.md`, 'utf8');
}

/** Formats as `biome check` requires. */
function format(name, input) {
  const biome = `${root}/node_modules/.bin/biome`;
  return execFileSync(biome, ['format', `--stdin-file-path=${name}`], { cwd: root, input, encoding: 'utf8' });
}
