import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { breakDead, withLock } from '../../../src/events/spool/lock.ts';
import { thisProcess } from '../../../src/events/spool/process-id.ts';
import { aDirectory } from './support.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('work under the lock', () => {
  it('runs one at a time, and all of it runs', async () => {
    const path = join(aDirectory(), 'lock');
    let running = 0;
    let ran = 0;
    const work = async () => {
      expect(++running).toBe(1);
      for (let i = 0; i < 10; i++) await turn();
      running--;
      ran++;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, work)));
    expect(ran).toBe(5);
    expect(existsSync(path)).toBe(false);
  });

  it('returns its result, and releases the lock when it throws', async () => {
    const path = join(aDirectory(), 'lock');
    expect(await withLock(path, async () => 42)).toBe(42);
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, async () => 43)).toBe(43);
  });

  it('does not wait for a dead process', async () => {
    const path = join(aDirectory(), 'lock');
    writeFileSync(path, JSON.stringify({ ...thisProcess(), start: '1', token: 'x' }));
    let ran = 0;
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, async () => ran++)));
    expect(ran).toBe(5);
  });

  it.each([-3_600_000, 3_600_000])(
    'breaks a lock of another container once it is not renewed, when its time is %s ms from ours',
    (step) => {
      const path = join(aDirectory(), 'lock');
      writeFileSync(path, JSON.stringify({ ...thisProcess(), namespace: 'another', token: 'x' }));
      const touch = (time: number) => utimesSync(path, time / 1000, time / 1000);
      const real = performance.now.bind(performance);
      const later = (by: number) => vi.spyOn(performance, 'now').mockImplementation(() => real() + by);
      onTestFinished(() => void vi.restoreAllMocks());
      touch(Date.now() + step);
      breakDead(path);
      later(9_000);
      touch(Date.now() + step + 2_000);
      breakDead(path);
      later(18_000);
      breakDead(path);
      expect(existsSync(path)).toBe(true);
      later(20_000);
      breakDead(path);
      expect(existsSync(path)).toBe(false);
    },
  );

  it('fails when the lock file cannot be written', async () => {
    await expect(withLock('/nowhere/lock', async () => 1)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
