/**
 * Runs the public JSON Schema Test Suite and prints its figures.
 *
 *     npm run suite:json-schema
 */
import { fileURLToPath } from 'node:url';
import { importSources } from '../bench/lib/build.mjs';
import { findSuite, runSuite, SUITE_COMMIT } from './json-schema-suite/suite.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const suite = findSuite(root);
if (suite === undefined) {
  process.stderr.write(
    `no suite: clone https://github.com/json-schema-org/JSON-Schema-Test-Suite at ${SUITE_COMMIT} as json-schema/ into a folder, and set EXHOOK_SUITES to that folder\n`,
  );
  process.exit(2);
}

const { openJsonSchema } = await importSources(
  "export { openJsonSchema } from './src/payload/schema/json-schema.ts';",
);
const rows = await runSuite(suite, openJsonSchema);
const print = (line) => process.stdout.write(`${line}\n`);
print(`JSON Schema Test Suite, commit ${SUITE_COMMIT}`);
print('| draft | part | run | passed | skipped |');
print('| --- | --- | --- | --- | --- |');
for (const { draft, part, run, passed, skipped } of rows)
  print(`| ${draft} | ${part} | ${run} | ${passed} | ${skipped.length} |`);
for (const [reason, count] of countReasons(rows)) print(`skipped: ${count}: ${reason}`);
for (const { failed } of rows) for (const line of failed) print(`wrong: ${line}`);
process.exitCode = rows.some(({ failed }) => failed.length > 0) ? 1 : 0;

function countReasons(all) {
  const counts = new Map();
  for (const { reason } of all.flatMap(({ skipped }) => skipped))
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
