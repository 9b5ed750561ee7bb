/** Explains why a spool could not be written. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../protocol/failure.ts';

/** @param cause what LMDB threw. */
export function explainCommit(cause: unknown, path: string): Failure {
  const { commitError, code } = cause as { commitError?: Promise<unknown>; code?: unknown };
  // LMDB reports the reason by a second promise, which nothing else awaits.
  commitError?.catch(() => undefined);
  if (commitError === undefined && typeof code !== 'number')
    return new Failure('sink_failed', 'the spool failed', { cause });
  const why = hasSpace(path) ? 'the disk fails, or is read-only' : 'the disk is full';
  return new Failure('sink_failed', `cannot write to the spool ${path}: ${why}`, { cause });
}

/** With fewer bytes left a disk counts as full: a commit writes several pages at once. */
const MIN_FREE = 2 ** 20;

function hasSpace(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize > MIN_FREE;
  } catch {
    return true;
  }
}
