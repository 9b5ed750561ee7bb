import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { File } from '../../../src/sinks/file/declaration.ts';
import { openFile } from '../../../src/sinks/file/open.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { optionsOf, sinkWorld } from '../options.ts';
import { readLines } from './read-lines.ts';

describe.each([
  ['one file', {}],
  ['rotated and compressed', { rotate: { size: '20KiB', gzip: true }, sync: false }],
])('file, %s', (_, further) => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'exhook-file-'));
    await mkdir(join(root, 'is-a-directory'));
    await writeFile(join(root, 'is-a-file'), '');
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const directory = () => join(root, 'logs');
  const open = (path = join(directory(), 'events.jsonl')) =>
    openFile(optionsOf(File, { path, ...further }), sinkWorld());

  /** The directory goes away, as a file system does that is no longer mounted. */
  const unmount = async () => {
    await rename(directory(), join(root, 'away'));
    await writeFile(directory(), '');
  };
  const mount = async () => {
    await rm(directory());
    await rename(join(root, 'away'), directory());
  };

  itKeepsTheContract(
    ours({
      open: () => open(),
      read: () => readLines(join(directory(), 'events.jsonl')),
      server: { start: mount, stop: unmount, kill: unmount },
      ordering: 'per-key',
      duplicates: 'possible',
      broken: [
        {
          title: 'the path is a directory',
          open: () => open(join(root, 'is-a-directory')),
          says: /cannot write .*is-a-directory: it is a directory: write the path of a file \(EISDIR\)/,
        },
        {
          title: 'a part of the path is no directory',
          open: () => open(join(root, 'is-a-file', 'events.jsonl')),
          says: /a part of its path is not a directory \(ENOTDIR\)/,
        },
      ],
    }),
  );
});
