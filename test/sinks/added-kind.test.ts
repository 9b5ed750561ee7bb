/** Adds a kind of sink by the files that CONTRIBUTING names, and looks for it wherever a kind has to be. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, it } from 'vitest';
import { withoutOpeners } from '../../scripts/declarations.mjs';
import { temporaryDirectory } from '../program/support/program.ts';
import { root } from '../support/source.ts';

/** The import and the place in the list. */
const withPulsar: Plugin = {
  name: 'with-pulsar',
  setup({ onLoad }) {
    onLoad({ filter: /src\/sinks\/kinds\.ts$/ }, ({ path }) => ({
      contents: `import { pulsar } from '${join(root, 'test/fixtures/sinks/pulsar/declaration.ts')}';\n${readFileSync(path, 'utf8').replace(/module,?\s*\] as const/, 'module, pulsar] as const')}`,
      loader: 'ts',
      resolveDir: join(root, 'src/sinks'),
    }));
  },
};

const entry = `
  export { configJsonSchema } from './src/config/json-schema.ts';
  export { findRouteWarnings } from './src/config/route-check.ts';
  export { Config } from './src/config/schema.ts';
  export { resolveSinkFiles } from './src/config/sink-files.ts';
  export { Queue } from './src/config/sections/queue.ts';
  export { sinkKinds } from './src/sinks/kinds.ts';
  export { sinkParts } from './src/sinks/reference.ts';
`;

it('A new kind of sink is known wherever kinds are, by its folder and its two lines in the list', async () => {
  const outfile = join(temporaryDirectory(), 'pulsar.mjs');
  await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    plugins: [withPulsar, withoutOpeners],
  });
  const { Config, configJsonSchema, findRouteWarnings, resolveSinkFiles, Queue, sinkKinds, sinkParts } =
    (await import(outfile)) as Awaited<ReturnType<typeof readReal>>;

  const schema = JSON.stringify(configJsonSchema());
  expect(schema.includes('"Topics of Pulsar."')).toBe(true);
  expect(schema.includes('"An alias of target, for sinks that call it a topic of Pulsar."')).toBe(true);
  expect(Queue.shape.concurrency.description).toContain('2 for pulsar');

  const tls = { ca: './ca.pem' };
  const sinks = { far: { pulsar: { url: 'pulsar://host', token: { file: './token' }, tls } } };
  const routes = [{ hooks: ['message.publish'], to: 'far', shape: { pulsarTopic: '${topic}' } }];
  const config = Config.parse({ sinks, events: { routes } } as never);
  expect(findRouteWarnings(config).map(({ message }) => message)).toEqual([
    expect.stringContaining('can name any topic; begin it with a fixed text, such as "mqtt-"'),
  ]);
  expect(resolveSinkFiles(config, (path) => path.replace('.', '/etc')).sinks.far).toMatchObject({
    pulsar: { namespace: 'mqtt', token: { file: '/etc/token' }, tls: { ca: '/etc/ca.pem' } },
  });
  expect(Config.safeParse({ sinks: { far: {} } }).error?.issues[0]?.message).toContain('module: or pulsar:');

  expect(sinkKinds.flatMap(({ unbundled = [] }) => unbundled)).toContain('pulsar-client');
  const parts = sinkParts((kind) =>
    readFileSync(join(root, kind === 'pulsar' ? 'test/fixtures' : 'src', 'sinks', kind, 'docs.md'), 'utf8'),
  );
  expect(parts['sink-list']).toContain('- [pulsar](#pulsar)');
  expect(parts['sink-promises']).toContain('| [pulsar](#pulsar) | kept | dropped | a bookie has it |');
  expect(parts['sink-options']).toContain(
    '| [pulsar](#pulsar) | Topics of Pulsar | `shape.pulsarTopic` | `tls` | `token` |',
  );
  expect(parts['sink-kinds']?.includes('\n## pulsar\n\nMessages of topics.\n\n| option |')).toBe(true);
  expect(
    parts['sink-kinds']?.includes('| `namespace` | text | `mqtt` | Of topics. The default is mqtt. |'),
  ).toBe(true);
});

/** For the types alone. */
async function readReal() {
  return {
    ...(await import('../../src/config/json-schema.ts')),
    ...(await import('../../src/config/route-check.ts')),
    ...(await import('../../src/config/schema.ts')),
    ...(await import('../../src/config/sink-files.ts')),
    ...(await import('../../src/config/sections/queue.ts')),
    ...(await import('../../src/sinks/kinds.ts')),
    ...(await import('../../src/sinks/reference.ts')),
  };
}
