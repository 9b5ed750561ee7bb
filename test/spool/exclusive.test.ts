import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exclusively } from '../../src/spool/exclusive.ts';
import { thisProcess } from '../../src/spool/process-id.ts';
import { aDirectory } from './support.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('what runs exclusively', () => {
  it('runs alone, and all of it runs', async () => {
    const path = join(aDirectory(), 'lock');
    let running = 0;
    let ran = 0;
    const work = async () => {
      expect(++running).toBe(1);
      for (let i = 0; i < 10; i++) await turn();
      running--;
      ran++;
    };
    await Promise.all(Array.from({ length: 5 }, () => exclusively(path, work)));
    expect(ran).toBe(5);
    expect(existsSync(path)).toBe(false);
  });

  it('gives back what the work gives, and lets go when it throws', async () => {
    const path = join(aDirectory(), 'lock');
    expect(await exclusively(path, async () => 42)).toBe(42);
    await expect(exclusively(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await exclusively(path, async () => 43)).toBe(43);
  });

  it('does not wait for a process that is dead', async () => {
    const path = join(aDirectory(), 'lock');
    writeFileSync(path, JSON.stringify({ ...thisProcess(), start: '1', token: 'x' }));
    let ran = 0;
    await Promise.all(Array.from({ length: 5 }, () => exclusively(path, async () => ran++)));
    expect(ran).toBe(5);
  });

  it('says when the lock cannot be written', async () => {
    await expect(exclusively('/nowhere/lock', async () => 1)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
