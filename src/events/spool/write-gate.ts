/**
 * Keeps writers out while a process opens the file. LMDB's open sets the number of the last transaction, which all
 * processes share, to what it has read a moment before: a commit in between would be undone by the next.
 *
 * A process that writes has a marker file, and checks before each transaction whether another process opens the spool
 * (see lock.ts); the opening process waits until no living process has a marker. The marker stays for a moment after a
 * write, so that a busy process pays for one check a transaction and no more.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { sleep } from '../../lib/sleep.ts';
import { breakDead } from './lock.ts';
import { findWriting, processSightings, writingPath } from './process-files.ts';
import type { SpoolPaths } from './spool-paths.ts';

/** Milliseconds that the marker stays after a write. */
const LINGER = 25;
/** Milliseconds between two checks. */
const RETRY = 2;
/** Milliseconds to wait for a writer: only a process that was stopped takes longer than a disk. */
const PATIENCE = 30_000;

export interface WriteGate {
  /** Waits until this process may write. */
  enter(): Promise<void>;
  /** The write is done. */
  leave(): void;
  close(): void;
}

/** @param id of this process. */
export function createWriteGate({ processes, openLock }: SpoolPaths, id: string): WriteGate {
  const path = writingPath(processes, id);
  let isMarked = false;
  let timer: NodeJS.Timeout | undefined;

  function unmark(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!isMarked) return;
    isMarked = false;
    rmSync(path, { force: true });
  }

  function mark(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isMarked) return;
    writeFileSync(path, '', { mode: 0o600 });
    isMarked = true;
  }

  return {
    async enter() {
      for (;;) {
        mark();
        if (!existsSync(openLock)) return;
        unmark();
        await sleep(RETRY);
        breakDead(openLock);
      }
    },
    leave() {
      timer ??= setTimeout(unmark, LINGER);
    },
    close: unmark,
  };
}

/**
 * Waits until no process writes. The lock of lock.ts must be held.
 *
 * @throws Error when a process does not stop.
 */
export async function waitForQuiet({ processes }: SpoolPaths, now: () => number): Promise<void> {
  const sightings = processSightings(now);
  for (const since = performance.now(); ; await sleep(RETRY)) {
    const [writer] = findWriting(processes, sightings);
    if (writer === undefined) return;
    if (performance.now() - since > PATIENCE)
      throw new Error(`the spool is in use by ${writer}, which is stopped; end or resume it`);
  }
}
