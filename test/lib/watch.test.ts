import {
  mkdir,
  mkdtemp,
  readFile as nodeReadFile,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileWatch, type WatchOptions, type WatchTimers, watchFile } from '../../src/lib/watch.ts';

let dir: string;
let path: string;
let texts: string[];
let problems: string[];
let pending: (() => void) | undefined;
let watch: FileWatch | undefined;

const timers: WatchTimers = {
  set: (run) => {
    pending = run;
    return run;
  },
  clear: () => {
    pending = undefined;
  },
};

/** Lets the watch look so many times. */
async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    const run = pending;
    pending = undefined;
    run?.();
    for (let wait = 0; pending === undefined && wait < 200; wait++)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function start(options: Partial<WatchOptions> = {}): void {
  const onText = (text: string) => texts.push(text);
  const onProblem = (message: string) => problems.push(message);
  watch = watchFile(path, { onText, onProblem, timers, ...options });
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'exhook-watch-'));
  path = join(dir, 'users.csv');
  texts = [];
  problems = [];
  await writeFile(path, 'one');
});

afterEach(async () => {
  watch?.close();
  await rm(dir, { recursive: true });
});

describe('watchFile', () => {
  it('reports a change once, when it has held still for a look', async () => {
    start({ known: 'one' });
    await look(3);
    expect(texts).toEqual([]);
    await writeFile(path, 'two');
    await look();
    expect(texts).toEqual([]);
    await look(3);
    expect(texts).toEqual(['two']);
  });

  it('waits for a writer that is not done', async () => {
    start({ known: 'one' });
    await look(2);
    for (const text of ['t', 'tw', 'two']) {
      await writeFile(path, text);
      await look();
      expect(texts).toEqual([]);
    }
    await look();
    expect(texts).toEqual(['two']);
  });

  it('follows an atomic rename, as editors save', async () => {
    start({ known: 'one' });
    await look(2);
    for (const text of ['two', 'three']) {
      await writeFile(`${path}.tmp`, text);
      await rename(`${path}.tmp`, path);
      await look(2);
    }
    expect(texts).toEqual(['two', 'three']);
  });

  it('follows the swapped link of a Kubernetes ConfigMap', async () => {
    // users.csv -> ..data/users.csv; ..data -> ..version_1, swapped for ..version_2
    for (const [version, text] of [
      ['..1', 'one'],
      ['..2', 'two'],
    ] as const) {
      await mkdir(join(dir, version));
      await writeFile(join(dir, version, 'users.csv'), text);
    }
    await unlink(path);
    await symlink('..1', join(dir, '..data'));
    await symlink('..data/users.csv', path);
    start({ known: 'one' });
    await look(2);
    await symlink('..2', join(dir, '..data_tmp'));
    await rename(join(dir, '..data_tmp'), join(dir, '..data'));
    await rm(join(dir, '..1'), { recursive: true });
    await look(2);
    expect(texts).toEqual(['two']);
    expect(problems).toEqual([]);
  });

  it('reports once that the file is missing, and recovers when it returns', async () => {
    start({ known: 'one' });
    await look(2);
    await unlink(path);
    await look(3);
    expect(problems).toEqual([`cannot read ${path}: ENOENT`]);
    await writeFile(path, 'two');
    await look(2);
    expect(texts).toEqual(['two']);
    await unlink(path);
    await look(2);
    expect(problems).toHaveLength(2);
  });

  it('says nothing when a file is touched but says the same', async () => {
    start({ known: 'one' });
    await look(2);
    await writeFile(path, 'one');
    await look(3);
    expect(texts).toEqual([]);
  });

  it('reads when asked as soon as the file holds still, and no half of it', async () => {
    start({ known: 'one', interval: 30 });
    await writeFile(path, 'tw');
    const checked = watch?.check();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await writeFile(path, 'two');
    await checked;
    expect(texts).toEqual(['two']);
    await look(3);
    expect(texts).toEqual(['two']);
  });

  it('drops what it has read if the file is being written meanwhile', async () => {
    const readFile = async (name: string): Promise<string> => {
      const text = await nodeReadFile(name, 'utf8');
      if (text === 'two') await writeFile(name, 'three');
      return text;
    };
    start({ known: 'one', fs: { stat, readFile } });
    await look(2);
    await writeFile(path, 'two');
    await look(4);
    expect(texts).toEqual(['three']);
  });

  it.each(['', '\n', '# nothing but a comment\n'])(
    'refuses a file that is empty now and was not, once: %j',
    async (empty) => {
      start({ known: 'one' });
      await look(2);
      await writeFile(path, empty);
      await look(4);
      expect(texts).toEqual([]);
      expect(problems).toEqual([expect.stringMatching(/users\.csv is empty and was not before/)]);
      await writeFile(path, 'two');
      await look(3);
      expect(texts).toEqual(['two']);
    },
  );

  it('takes an empty file that may be empty, or was so before', async () => {
    start({ known: 'one', allowEmpty: true });
    await look(2);
    await writeFile(path, '');
    await look(3);
    expect(texts).toEqual(['']);
    watch?.close();
    start({ known: '' });
    await look(2);
    await writeFile(path, '\n');
    await look(3);
    expect(texts).toEqual(['', '\n']);
    expect(problems).toEqual([]);
  });

  it('is silent after close, also when a look was under way', async () => {
    start({ known: 'zero' });
    await look();
    pending?.();
    watch?.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(texts).toEqual([]);
    expect(pending).toBeUndefined();
  });

  it('works with custom timers', async () => {
    start({ known: 'one', interval: 5, timers: undefined as never });
    await writeFile(path, 'two');
    await expect.poll(() => texts, { timeout: 5000 }).toEqual(['two']);
  });
});
