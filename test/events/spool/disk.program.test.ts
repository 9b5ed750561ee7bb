/** On file systems that are full or read-only: mounted by the tests, where they may. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ALL, aDelivery, aDirectory, aSpool } from './support.ts';

const mount = (...args: string[]) => spawnSync('mount', args).status === 0;

/** A file system in memory, or nothing where it cannot be mounted. */
function aDisk(size: string): string | undefined {
  const directory = aDirectory();
  if (!mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory)) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', directory]));
  return directory;
}

const canMount = (() => {
  const directory = '/tmp';
  const probe = spawnSync('sh', [
    '-c',
    `d=$(mktemp -d ${directory}/exhook-mount-XXXXXX) && mount -t tmpfs tmpfs $d && umount $d; s=$?; rmdir $d; exit $s`,
  ]);
  return probe.status === 0;
})();

describe.skipIf(!canMount)('a disk (needs the right to mount one)', () => {
  it('that is full refuses appends, keeps its entries, and accepts appends again when there is space', async () => {
    const disk = aDisk('6m') as string;
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(2 * 2 ** 20));
    const spool = await aSpool({ path: join(disk, 'spool') });
    const log = spool.sinkLog('history');
    const body = new Uint8Array(10_000);
    const stored: number[] = [];
    const fill = async () => {
      for (let i = 0; ; i++) stored.push(...(await log.append([aDelivery(`n${i}`, 'k', { body })])));
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'sink_failed',
      message: expect.stringMatching(/the disk is full/),
    });
    expect(log.size).toBe(stored.length);
    await expect(log.append([aDelivery('x')])).rejects.toMatchObject({ code: 'sink_failed' });
    // Confirmed entries make room, even now.
    await log.confirm(stored.splice(0, 50));
    expect(log.size).toBe(stored.length);
    rmSync(filler);
    await vi.waitFor(() => log.append([aDelivery('after')], { claim: false }), { timeout: 10_000 });
    await log.release(stored);
    expect(await log.claimNext(...ALL)).toHaveLength(stored.length + 1);
  });

  it('that is full at the start serves the entries on it', async () => {
    const disk = aDisk('6m') as string;
    const path = join(disk, 'spool');
    const first = await aSpool({ path });
    await first.sinkLog('a').append([aDelivery('1', 'k', { body: new Uint8Array(1_000_000) })]);
    await first.close();
    const filler = join(disk, 'filler');
    const fill = () => writeFileSync(filler, Buffer.alloc(6 * 2 ** 20));
    expect(fill).toThrow(/ENOSPC/);
    rmSync(filler);
    writeFileSync(filler, Buffer.alloc(4 * 2 ** 20));
    const second = await aSpool({ path });
    expect(await second.sinkLog('a').claimNext(...ALL)).toHaveLength(1);
    expect(second.logged).toStrictEqual([]);
  });

  it('that is read-only is reported', async () => {
    const disk = aDisk('6m') as string;
    const path = join(disk, 'spool');
    const first = await aSpool({ path });
    await first.sinkLog('a').append([aDelivery('1')]);
    await first.close();
    expect(mount('-o', 'remount,ro', disk)).toBe(true);
    await expect(aSpool({ path })).rejects.toThrow(`spool.path: ${path} is on a read-only file system`);
    await expect(aSpool({ path: join(disk, 'other') })).rejects.toThrow(/read-only/);
  });
});
