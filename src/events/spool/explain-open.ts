/** Tells errors of the system from a damaged file, and says what to do about them. */

/** By number of the system's error (errno). */
const reasons: Readonly<Record<number, string>> = {
  1: 'may not be opened: give it to the user of this process, with read and write permission',
  13: 'may not be opened: give it to the user of this process, with read and write permission',
  23: 'cannot be opened: the system has too many open files',
  24: 'cannot be opened: this process may not open more files (ulimit -n)',
  28: 'cannot be opened: the disk is full',
  122: 'cannot be opened: the disk quota is used up',
  30: 'cannot be written: the file system is read-only; name a directory that can be written in spool.path',
};

/** @throws TypeError when the error says nothing about the content of the file. */
export function throwIfNotDamage(errno: number, path: string): void {
  const reason = reasons[errno];
  if (reason !== undefined) throw new TypeError(`${path} ${reason}`);
}
