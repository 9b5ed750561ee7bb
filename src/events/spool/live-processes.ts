/**
 * The processes that use a spool: a small file for each, in one directory. The file exists before its process claims
 * anything, and is removed when the process closes the spool or is found dead. So a claim whose owner has no file is
 * void.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, utimesSync } from 'node:fs';
import {
  describeProcess,
  isProcessAlive,
  listProcesses,
  processPath,
  processSightings,
  removeProcess,
  writeProcess,
} from './process-files.ts';

/** Milliseconds between two heartbeats. */
const HEARTBEAT = 3_000;

export interface LiveProcesses {
  /** The id of this process, as claims name it. */
  readonly id: string;
  /** Whether a process lives; answers are at most as old as the last `look`. */
  isLiving(id: string): boolean;
  /** Reads the directory again, and removes the files of dead processes. @returns the ids of the others that live. */
  look(): readonly string[];
  /** Describes a process for people. */
  describe(id: string): string;
  close(): void;
}

/** Other processes that use the spool now. */
export function findLiving(directory: string, now: () => number): readonly string[] {
  const sightings = processSightings(now);
  return listProcesses(directory).filter((id) => isProcessAlive(directory, id, sightings));
}

/**
 * Registers this process.
 *
 * @throws NodeJS.ErrnoException when the directory cannot be written.
 */
export function registerProcess(directory: string, now: () => number): LiveProcesses {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  writeProcess(directory, id);
  const timer = setInterval(() => beat(directory, id, now), HEARTBEAT).unref();
  const sightings = processSightings(now);
  let known = new Map<string, boolean>();

  function isLiving(process: string): boolean {
    if (process === id) return true;
    const remembered = known.get(process);
    if (remembered !== undefined) return remembered;
    const isAlive = isProcessAlive(directory, process, sightings);
    known.set(process, isAlive);
    return isAlive;
  }

  return {
    id,
    isLiving,
    look() {
      known = new Map();
      const others = listProcesses(directory).filter((process) => process !== id);
      for (const process of others) if (!isLiving(process)) removeProcess(directory, process);
      return others.filter(isLiving);
    },
    describe: (process) => describeProcess(directory, process),
    close() {
      clearInterval(timer);
      removeProcess(directory, id);
    },
  };
}

function beat(directory: string, id: string, now: () => number): void {
  try {
    const at = now() / 1000;
    utimesSync(processPath(directory, id), at, at);
  } catch {
    // Another process took us for dead, after a long stop: from now on our claims count again.
    try {
      writeProcess(directory, id);
    } catch {
      // No space, or no directory: the next beat tries again, and writes to the spool report the problem.
    }
  }
}
