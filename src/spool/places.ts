/** What lies in the directory of a spool. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The number of the format of the file. It stands in the file's name: releases that write another format leave
 * the file alone, and whoever goes back to the old release finds it again.
 */
const FORMAT = 1;

export interface SpoolPaths {
  readonly directory: string;
  /** LMDB's file. */
  readonly data: string;
  /** LMDB's lock and table of readers. */
  readonly dataLock: string;
  /** See exclusive.ts. */
  readonly openLock: string;
  /** See members.ts. */
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

/** Files of spools of other releases. */
export function findOtherFormats({ directory, data }: SpoolPaths): readonly string[] {
  return readdirSync(directory)
    .filter((name) => /^spool-\d+\.mdb$/.test(name))
    .map((name) => join(directory, name))
    .filter((path) => path !== data);
}

/** A path beside the file that nothing has yet: `spool-1.mdb.damaged-20260314T101112Z`. */
export function asidePath({ data }: SpoolPaths, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const path = `${data}.damaged-${stamp}`;
  for (let i = 2; ; i++) {
    const unique = i === 2 ? path : `${path}-${i - 1}`;
    if (!existsSync(unique)) return unique;
  }
}
