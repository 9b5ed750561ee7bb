/** Lowers the priority of background threads: answering calls goes first where threads outnumber cores. */
import { getPriority, setPriority } from 'node:os';

/** A value of nice(1). */
const NICE = 10;

/** Lowers the priority of this thread. */
export function lowerThread(): void {
  // On other systems this would change the whole process.
  if (process.platform === 'linux') lower(0);
}

function lower(id: number): void {
  try {
    // A lower priority is kept: raising it needs a privilege.
    if (getPriority(id) < NICE) setPriority(id, NICE);
  } catch {
    // The thread has ended, or a system call filter forbids it: the job runs all the same.
  }
}
