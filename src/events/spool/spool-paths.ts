/** The files in the directory of a spool. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The version of the file format. It is part of the file's name: a release with another format leaves the file alone,
 * so that it is still there after a rollback.
 */
const FORMAT = 1;

export interface SpoolPaths {
  readonly directory: string;
  /** LMDB's file. */
  readonly data: string;
  /** LMDB's lock and table of readers. */
  readonly dataLock: string;
  /** The lock file of the process that opens or closes the spool; see lock.ts. */
  readonly openLock: string;
  /** The directory with a file for each process; see live-processes.ts. */
  readonly processes: string;
}

export function spoolPaths(directory: string): SpoolPaths {
  const data = join(directory, `spool-${FORMAT}.mdb`);
  return {
    directory,
    data,
    dataLock: `${data}-lock`,
    openLock: join(directory, 'opening'),
    processes: join(directory, 'members'),
  };
}

/** Spool files of releases with another format. */
export function findOtherFormats({ directory, data }: SpoolPaths): readonly string[] {
  return readdirSync(directory)
    .filter((name) => /^spool-\d+\.mdb$/.test(name))
    .map((name) => join(directory, name))
    .filter((path) => path !== data);
}

/** A free path for a damaged file: `spool-1.mdb.damaged-20260314T101112Z`. */
export function asidePath({ data }: SpoolPaths, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const path = `${data}.damaged-${stamp}`;
  for (let i = 2; ; i++) {
    const unique = i === 2 ? path : `${path}-${i - 1}`;
    if (!existsSync(unique)) return unique;
  }
}
