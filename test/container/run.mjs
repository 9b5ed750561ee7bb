/**
 * Builds the Dockerfile and tests the image: `npm run test:container`.
 *
 * No image is fetched: the bases are built from packages that are installed here, and from the running Node. Needs
 * root, buildah and runc. Everything is in one temporary directory, and removed with it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillBuilder, fillRuntime } from './base.mjs';
import { Buildah } from './buildah.mjs';
import { removeContainers } from './container.mjs';
import { checkFiles, checkImage } from './image.mjs';
import { npmOptions } from './npm-cache.mjs';
import { figure, mebibytes, median, step } from './report.mjs';
import { servesBrokers, servesTls, startsAsItIs, timeOfNode, timeToFirstAnswer } from './scenarios.mjs';
import { requireTools, run } from './tools.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));
const BUILDER = 'localhost/builder';
const RUNTIME = 'localhost/runtime';
const IMAGE = 'localhost/exhook-edge';

/** How often a start is measured. */
const STARTS = 5;

let buildah;
const directory = mkdtempSync(join(tmpdir(), 'exhook-container-'));

async function buildImage() {
  step('bases, from packages of Debian and this Node');
  const npm = await npmOptions(project);
  buildah = await Buildah.open(join(directory, 'storage'));
  await buildah.makeBase(RUNTIME, fillRuntime);
  await buildah.makeBase(BUILDER, fillBuilder, npm.env);

  step(
    `the Dockerfile, ${npm.isOffline ? 'without a network' : 'with the network, as npm has not all packages'}`,
  );
  const bases = [`BUILDER=${BUILDER}`, `RUNTIME=${RUNTIME}`, 'VERSION=1.2.3'];
  await buildah.build(IMAGE, [...npm.args, ...bases.flatMap((one) => ['--build-arg', one])], project);
}

async function tryImage() {
  const config = await buildah.inspect(IMAGE);
  const root = await buildah.mount(IMAGE);
  const image = { image: config, root, directory };
  step('the image');
  checkImage(config);
  await checkFiles(root);
  step('a container with nothing but the image');
  await startsAsItIs(image);
  step('a container with a configuration');
  await servesBrokers(image);
  step('a container with TLS');
  await servesTls(image);
  step('figures');
  await printSizes(root);
  await printStarts(image);
}

async function printSizes(root) {
  const sizeOf = async (...paths) => {
    const { stdout } = await run('du', ['--bytes', '--summarize', '--total', ...paths]);
    return Number(stdout.split('\n').at(-1)?.split('\t')[0]);
  };
  const total = await sizeOf(root);
  const ours = await sizeOf(join(root, 'app'), join(root, 'node_modules'));
  const packed = await run('sh', ['-c', `tar -C "$0" -cz app node_modules | wc -c`, root]);
  figure('image', mebibytes(total));
  figure(
    'of that ours, above the base',
    `${mebibytes(ours)}, ${mebibytes(Number(packed.stdout))} compressed`,
  );
  figure('of the base: Node', mebibytes(await sizeOf(join(root, 'nodejs'))));
}

async function printStarts(image) {
  const starts = [];
  const bare = [];
  // Alternate: other load on the machine then affects both.
  for (let i = 0; i < STARTS; i++) {
    bare.push(await timeOfNode(image));
    starts.push(await timeToFirstAnswer(image));
  }
  const node = median(bare);
  const time = median(starts.map((start) => start.time));
  figure('runc and a Node that does nothing', `${node.toFixed(0)} ms (median of ${STARTS})`);
  figure(
    'runc and the server, to the first answer',
    `${time.toFixed(0)} ms, ${(time / node).toFixed(1)} times as long`,
  );
  figure('memory at the first answer (RSS)', mebibytes(median(starts.map(({ memory }) => memory))));
}

async function cleanUp() {
  await removeContainers();
  await buildah?.close();
  // Else rm would go through them.
  if (readFileSync('/proc/self/mountinfo', 'utf8').includes(directory))
    throw new Error(`${directory} is still mounted on: unmount and remove it by hand`);
  rmSync(directory, { recursive: true });
}

async function main() {
  try {
    requireTools();
    await buildImage();
    await tryImage();
    process.stdout.write('\nThe container does what it should.\n');
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  } finally {
    await cleanUp();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
await main();
