import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isAlive, thisProcess } from '../../../src/events/spool/process-id.ts';

const never = () => false;
const always = () => true;

// Other systems tell less: there, the sign of life decides.
describe.skipIf(process.platform !== 'linux')('the id of a process', () => {
  it('is alive while the process runs', () => {
    expect(isAlive(thisProcess(), never)).toBe(true);
  });

  it('is dead when its PID was reused by another process', () => {
    expect(isAlive({ ...thisProcess(), start: '1' }, always)).toBe(false);
  });

  it('is dead when no process has its PID', () => {
    expect(isAlive({ ...thisProcess(), pid: 2 ** 22 + 1 }, always)).toBe(false);
  });

  it('is dead when the machine was rebooted since', () => {
    expect(isAlive({ ...thisProcess(), boot: 'another' }, always)).toBe(false);
  });

  it.each([true, false])('of another container is alive if its heartbeat is fresh (%s)', (isFresh) => {
    expect(isAlive({ ...thisProcess(), namespace: 'pid:[1]' }, () => isFresh)).toBe(isFresh);
  });

  it('is dead once the process was killed, even while it is a zombie', async () => {
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
