/** Lets who waits for an answer go first where there are fewer cores than threads. */
import { getPriority, setPriority } from 'node:os';

/** As of nice(1). */
const NICE = 10;

/** Lowers the priority of this thread. */
export function lowerThread(): void {
  // Elsewhere than on Linux this would be about the whole process.
  if (process.platform === 'linux') lower(0);
}

function lower(id: number): void {
  try {
    // Who was started with less keeps it: nobody may raise a priority without a privilege.
    if (getPriority(id) < NICE) setPriority(id, NICE);
  } catch {
    // The thread has ended, or a filter of system calls forbids it: the job is done all the same.
  }
}
