// A custom sink: each event becomes a file in a directory that another program empties, like a maildir. A file is
// written and synced under tmp/, then renamed into new/: readers of new/ see complete files only.
import { createHash } from 'node:crypto';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineSink } from 'exhook-edge';

export default defineSink(async ({ directory }, { name }) => {
  if (typeof directory !== 'string') throw new TypeError('options.directory: write the path of a directory');
  let sequence = 0;

  /** Names sort in the order of writing. They contain the id: a reader can detect duplicates. */
  const fileOf = (id) => {
    const order = `${String(Date.now()).padStart(15, '0')}-${String(sequence++ % 1e9).padStart(9, '0')}`;
    return `${order}-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
  };

  async function deliver({ id, body }) {
    const file = fileOf(id);
    const handle = await open(join(directory, 'tmp', file), 'wx', 0o600);
    try {
      await handle.writeFile(body);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(join(directory, 'tmp', file), join(directory, 'new', file));
  }

  return {
    name,
    // If this throws or rejects, the error is logged and the whole batch is retried.
    async write(batch) {
      await mkdir(join(directory, 'tmp'), { recursive: true });
      await mkdir(join(directory, 'new'), { recursive: true });
      for (const delivery of batch) await deliver(delivery);
    },
    async check() {
      await mkdir(directory, { recursive: true });
      if (!(await stat(directory)).isDirectory()) throw new Error(`${directory} is not a directory`);
    },
    async close() {},
  };
});
