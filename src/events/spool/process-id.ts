/**
 * Identifies a process, and tells whether it lives. A PID is not enough: PIDs are reused, and each container has its
 * own process 1. So a process is its PID, its start time, the namespace of the PID, and the boot of the machine.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import * as z from 'zod';

export const ProcessId = z.object({
  pid: z.int().positive(),
  /** Start time in ticks of the kernel since boot; empty where the system does not tell, like the fields below. */
  start: z.string(),
  boot: z.string(),
  namespace: z.string(),
});
export type ProcessId = z.output<typeof ProcessId>;

export const thisProcess = (): ProcessId => ({
  pid: process.pid,
  start: startOf(process.pid) ?? '',
  ...thisPlace(),
});

/**
 * Whether a process lives.
 *
 * @param isFresh whether its file was renewed lately: decides where the system cannot tell, as in another container.
 */
export function isAlive(id: ProcessId, isFresh: () => boolean): boolean {
  const here = thisPlace();
  // A spool is on a disk of this machine: a process from before the last boot is gone.
  if (id.boot !== here.boot) return false;
  if (id.namespace !== here.namespace) return isFresh();
  if (id.start === '') return isRunning(id.pid) && isFresh();
  return startOf(id.pid) === id.start;
}

/**
 * @returns nothing when there is no such process, or it has exited and is a zombie.
 */
function startOf(pid: number): string | undefined {
  try {
    // The name is in parentheses and may hold anything: the fields after the last one can be split.
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? undefined : fields[START_FIELD];
  } catch {
    return undefined;
  }
}

/** proc(5): starttime is field 22; the first that follows the name is field 3. */
const START_FIELD = 22 - 3;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

type Place = Pick<ProcessId, 'boot' | 'namespace'>;
let place: Place | undefined;

function thisPlace(): Place {
  place ??= readPlace();
  return place;
}

function readPlace(): Place {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return { boot, namespace: readlinkSync('/proc/self/ns/pid') };
  } catch {
    return { boot: '', namespace: '' };
  }
}
