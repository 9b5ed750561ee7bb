/** Moves the files of a spool around while no process has them open. */
import { chmodSync, copyFileSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SpoolPaths } from './spool-paths.ts';

/** The path of the new file while it is written. */
export const copyOf = (data: string): string => `${data}.new`;

/** Puts the new file in the place of the old one. */
export function replaceBy({ data, dataLock }: SpoolPaths, copy: string): void {
  renameSync(copy, data);
  removeWithLock(copy);
  rmSync(dataLock, { force: true });
}

export function removeWithLock(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}-lock`, { force: true });
}

/** A file from a backup may be readable by everybody. */
export function makePrivate(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch {
    // Another user owns the file; it may still be readable and writable.
  }
}

/** Gives the file a second name: there is then a file at its path at any moment. */
export function keepAs(path: string, aside: string): void {
  try {
    linkSync(path, aside);
  } catch {
    // A file system without hard links.
    copyFileSync(path, aside);
  }
}

/** Waits until all of the file is on disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}
