import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isAlive, thisProcess } from '../../src/spool/process-id.ts';

const never = () => false;
const always = () => true;

// Other systems tell less: there, the sign of life decides.
describe.skipIf(process.platform !== 'linux')('a process', () => {
  it('is alive while it runs', () => {
    expect(isAlive(thisProcess(), never)).toBe(true);
  });

  it('is dead when its number has become that of another', () => {
    expect(isAlive({ ...thisProcess(), start: '1' }, always)).toBe(false);
  });

  it('is dead when there is none of its number', () => {
    expect(isAlive({ ...thisProcess(), pid: 2 ** 22 + 1 }, always)).toBe(false);
  });

  it('is dead when the machine was started since', () => {
    expect(isAlive({ ...thisProcess(), boot: 'another' }, always)).toBe(false);
  });

  it.each([true, false])('of another container is what its sign of life says (%s)', (isFresh) => {
    expect(isAlive({ ...thisProcess(), namespace: 'pid:[1]' }, () => isFresh)).toBe(isFresh);
  });

  it('is dead once it was killed, also while nobody has waited for it', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const { readFileSync } = await import('node:fs');
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    const id = { ...thisProcess(), pid: child.pid ?? 0, start };
    expect(isAlive(id, never)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(id, always)).toBe(false);
  });
});
