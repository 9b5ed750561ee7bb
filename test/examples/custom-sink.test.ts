/** The example of a custom sink. Needs the built library: it imports 'exhook-edge'. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../src/app/load.ts';
import { Module } from '../../src/sinks/module/declaration.ts';
import { openModule } from '../../src/sinks/module/open.ts';
import { itKeepsTheContract } from '../sinks/contract.ts';
import { worldOf } from '../sinks/world.ts';

const path = join(import.meta.dirname, '../../examples/custom-sink/maildir-sink.mjs');

describe('examples/custom-sink', () => {
  let root: string;
  const directory = () => join(root, 'inbox');
  const open = (options: object = { directory: directory() }) =>
    openModule(Module.parse({ path, options }), worldOf('inbox'));

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'exhook-inbox-'));
    await mkdir(directory());
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** The directory goes away, as a file system does that is no longer mounted. */
  const unmount = async () => {
    await rename(directory(), join(root, 'away'));
    await writeFile(directory(), '');
  };
  const mount = async () => {
    await rm(directory());
    await rename(join(root, 'away'), directory());
  };

  itKeepsTheContract({
    open: () => open(),
    async read() {
      const files = await readdir(join(directory(), 'new')).catch(() => []);
      const bodies = await Promise.all(files.sort().map((file) => readFile(join(directory(), 'new', file))));
      return bodies.map((body) => receivedOf(body));
    },
    server: { start: mount, stop: unmount, kill: unmount },
    ordering: 'per-key',
    duplicates: 'possible',
    formats: ['structured'],
  });

  it('is configured as its file says', async () => {
    const loaded = await load(['--config', join(path, '../exhook.yaml')], {});
    expect(loaded).toMatchObject({ config: { sinks: { inbox: { module: { path } } } }, warnings: [] });
  });

  it('says what its options must be', async () => {
    await expect(open({})).rejects.toThrow(/could not open its sink: options\.directory: write the path/);
  });
});

function receivedOf(body: Buffer) {
  return { id: (JSON.parse(body.toString('utf8')) as { id: string }).id, body };
}
