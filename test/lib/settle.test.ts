import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findChanged, RestlessError, settle } from '../../src/lib/settle.ts';

let dir: string;
let path: string;
let waits: number;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'exhook-settle-'));
  path = join(dir, 'users.csv');
  waits = 0;
  await writeFile(path, 'one');
});
afterEach(() => rm(dir, { recursive: true }));

/** A busy writer: what it does while the reader waits for the first, second, third time. */
const writer = (...steps: readonly (() => Promise<unknown>)[]) => ({
  wait: async () => void (await steps[waits++]?.()),
});

const append = async (): Promise<void> => await writeFile(path, 'more', { flag: 'a' });

describe('settle', () => {
  it('waits one interval for a file that holds still', async () => {
    expect((await settle([path], writer())).get(path)).toMatch(/^\d+( \d+){4}$/);
    expect(waits).toBe(1);
  });

  it('waits until the writer has been still for an interval', async () => {
    await settle([path], writer(append, append));
    expect(waits).toBe(3);
  });

  it('waits for all files together', async () => {
    const other = join(dir, 'other');
    await settle(
      [path, other],
      writer(append, () => writeFile(other, 'x')),
    );
    expect(waits).toBe(3);
  });

  it('takes a file that is not there for one that holds still', async () => {
    expect(await settle([join(dir, 'none')], writer())).toEqual(new Map([[join(dir, 'none'), undefined]]));
  });

  it('gives a file up that never stops changing, and names it', async () => {
    await expect(settle([path], { wait: append })).rejects.toThrow(RestlessError);
    await expect(settle([path], { wait: append })).rejects.toThrow(`${path}: does not stop changing`);
  });
});

describe('findChanged', () => {
  it('names a file that was written since, and none otherwise', async () => {
    const stamps = await settle([path], writer());
    expect(await findChanged(stamps)).toBeUndefined();
    await append();
    expect(await findChanged(stamps)).toBe(path);
  });
});
