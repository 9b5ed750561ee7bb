/**
 * Which process is meant, and whether it lives. A number alone says little: numbers are used again, and in each
 * container process 1 is another. So a process is its number, the moment it started, the namespace in which the
 * number counts, and the boot of the machine.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import * as z from 'zod';

export const ProcessId = z.object({
  pid: z.int().positive(),
  /** When it started, in ticks of the kernel since boot; empty where the system does not tell, as below. */
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
 * @param isFresh whether it was heard of lately: decides where the system cannot tell, as in another container.
 */
export function isAlive(id: ProcessId, isFresh: () => boolean): boolean {
  const here = thisPlace();
  // A spool is on a disk of this machine: who used it before the machine started is gone.
  if (id.boot !== here.boot) return false;
  if (id.namespace !== here.namespace) return isFresh();
  if (id.start === '') return isRunning(id.pid) && isFresh();
  return startOf(id.pid) === id.start;
}

/**
 * @returns nothing when there is no such process, or when it has ended and is only not yet waited for.
 */
function startOf(pid: number): string | undefined {
  try {
    // The name stands in parentheses and may hold anything: what follows the last one can be split.
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
