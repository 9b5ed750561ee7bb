/** The codecs in the bundle: each is its own chunk, and includes its library. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codecNames } from '../../../src/payload/codecs/codec.ts';
import { root } from '../../support/source.ts';
import { fixture } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'exhook-bundle-'));
afterAll(() => rmSync(directory, { recursive: true }));

beforeAll(async () => {
  await build({
    entryPoints: [join(root, 'src/payload/codecs/codec.ts'), join(root, 'src/payload/schema/json-schema.ts')],
    outdir: directory,
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
});

const script = `
import { defaultLimits, openCodec } from './codec.mjs';
import { openJsonSchema } from './json-schema.mjs';

const [specs, schemas] = JSON.parse(process.argv[2]);
const opened = [];
for (const spec of specs) {
  const codec = await openCodec(spec, defaultLimits);
  const bytes = codec.encode(codec.kind === 'bytes' ? Buffer.from('text') : { name: 'x' });
  codec.decode(bytes);
  opened.push(codec.name);
}
const reasons = [];
for (const schema of schemas) reasons.push((await openJsonSchema(schema))('wrong'));
process.stdout.write(JSON.stringify([opened, reasons]));
`;

describe('the bundle', () => {
  it('opens every codec and every draft of JSON Schema', () => {
    const avsc = join(directory, 'x.avsc');
    const main = join(directory, 'main.mjs');
    writeFileSync(
      avsc,
      JSON.stringify({ type: 'record', name: 'X', fields: [{ name: 'name', type: 'string' }] }),
    );
    writeFileSync(main, script);
    const specs = [
      ...codecNames,
      { avro: { schema: avsc } },
      { protobuf: { descriptors: fixture('sensor.binpb'), message: 'acme.sensor.v1.Tree' } },
    ];
    const schemas = [
      { type: 'number' },
      { type: 'number', $schema: 'https://json-schema.org/draft/2019-09/schema' },
      { format: 'date', $schema: 'http://json-schema.org/draft-07/schema#' },
    ];
    const output = execFileSync(process.execPath, [main, JSON.stringify([specs, schemas])], {
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toStrictEqual([
      [...codecNames, 'avro', 'protobuf'],
      [
        'the payload must be number ("type")',
        'the payload must be number ("type")',
        'the payload must match format "date" ("format")',
      ],
    ]);
  });
});
