/** Creates the directory of a spool, and explains why one cannot be used. */
import { mkdirSync } from 'node:fs';

/** @throws TypeError that says what to do. */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainUse(error, directory);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'is a file; name a directory, which is created if it does not exist',
  ENOTDIR: 'lies below a file; name a directory, which is created if it does not exist',
  EACCES: 'may not be used by this user; give this user the directory, or name another',
  EPERM: 'may not be used by this user; give this user the directory, or name another',
  ENOENT: 'cannot be created; the file system may be read-only',
  EROFS: 'is on a read-only file system; name a directory that can be written',
  ENOSPC: 'is on a full disk; free some space, or name a directory on another disk',
};

/** @returns the error itself where the system does not say why. */
export function explainUse(error: unknown, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reason = typeof code === 'string' ? reasons[code] : undefined;
  return reason === undefined ? error : new TypeError(`spool.path: ${directory} ${reason}`, { cause: error });
}
