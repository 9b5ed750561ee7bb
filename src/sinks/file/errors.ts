/** Explains errors of the file system, and what to do about them. */

const advice: Readonly<Record<string, string>> = {
  EACCES: 'the user of this process may not write it: allow the user to write the file and its directory',
  EPERM: 'the user of this process may not write it: allow the user to write the file and its directory',
  EROFS: 'its file system is read-only: choose another path, or mount it for writing',
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the quota is used up: free some space',
  EFBIG: 'it has reached the maximum size: see rotate.size',
  EISDIR: 'it is a directory: write the path of a file',
  ENOTDIR: 'a part of its path is not a directory',
  EMFILE: 'this process has too many files open: raise its limit',
};

export function explain(error: unknown, path: string): Error {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  const known = advice[code];
  return new Error(`cannot write ${path}: ${known === undefined ? code : `${known} (${code})`}`, {
    cause: error,
  });
}
