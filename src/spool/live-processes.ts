/**
 * Who uses a spool: a small file for each process, in the directory `members`. The file is there before its
 * process claims anything, and goes when it closes the spool or is found dead. So a claim whose owner has no
 * file is nobody's.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, ProcessId, thisProcess } from './process-id.ts';
import { Sightings } from './sightings.ts';

/** Milliseconds between two signs of life. */
const HEARTBEAT = 3_000;
/** A process of another container is dead after so many milliseconds without a sign of life. */
const LEASE = 15_000;

export interface LiveProcesses {
  /** Of this process, as claims name it. */
  readonly id: string;
  /** Whether a process lives; answers are at most as old as the last `look`. */
  isLiving(id: string): boolean;
  /** Reads the directory again, and forgets the dead. @returns the ids of the others that live. */
  look(): readonly string[];
  /** What is known of a process, for people. */
  describe(id: string): string;
  close(): void;
}

const WRITING = '.writing';

/** The file that says that a process writes; see write-gate.ts. */
export const writingPath = (directory: string, id: string): string => join(directory, `${id}${WRITING}`);

/** Signs of life of members. By the time of a file that is seen for the first time, a crash an hour ago is no member. */
export function processSightings(now: () => number): Sightings {
  return new Sightings({ lease: LEASE, isFreshAtFirst: (age) => Math.abs(age) < LEASE, now });
}

/** Living processes that say so, for people. */
export function findWriting(directory: string, sightings: Sightings): readonly string[] {
  return listFiles(directory)
    .filter((name) => name.endsWith(WRITING))
    .map((name) => name.slice(0, -WRITING.length))
    .filter((id) => isProcessAlive(directory, id, sightings))
    .map((id) => describeProcess(directory, id));
}

/** Other processes that use the spool now. */
export function findLiving(directory: string, now: () => number): readonly string[] {
  const sightings = processSightings(now);
  return list(directory).filter((id) => isProcessAlive(directory, id, sightings));
}

/**
 * Enters this process.
 *
 * @throws NodeJS.ErrnoException when the directory cannot be written.
 */
export function registerProcess(directory: string, now: () => number): LiveProcesses {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  const enter = () => writeFileSync(join(directory, id), JSON.stringify(thisProcess()), { mode: 0o600 });
  enter();
  const sightings = processSightings(now);
  let known = new Map<string, boolean>();

  function beat(): void {
    try {
      const at = now() / 1000;
      utimesSync(join(directory, id), at, at);
    } catch {
      // Somebody took us for dead, after a long stop: what we claim from now on counts again.
      try {
        enter();
      } catch {
        // No room, or no directory: the next beat tries again, and writes to the spool say what is wrong.
      }
    }
  }
  const timer = setInterval(beat, HEARTBEAT).unref();

  function isLiving(member: string): boolean {
    if (member === id) return true;
    const remembered = known.get(member);
    if (remembered !== undefined) return remembered;
    const found = isProcessAlive(directory, member, sightings);
    known.set(member, found);
    return found;
  }

  return {
    id,
    isLiving,
    look() {
      known = new Map();
      const others = list(directory).filter((member) => member !== id);
      for (const member of others) if (!isLiving(member)) forget(directory, member);
      return others.filter(isLiving);
    },
    describe: (member) => describeProcess(directory, member),
    close() {
      clearInterval(timer);
      forget(directory, id);
    },
  };
}

function list(directory: string): string[] {
  return listFiles(directory).filter((name) => !name.endsWith(WRITING));
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function forget(directory: string, id: string): void {
  try {
    rmSync(writingPath(directory, id), { force: true });
    rmSync(join(directory, id), { force: true });
  } catch {
    // Not to be removed now: whoever looks next tries again.
  }
}

function isProcessAlive(directory: string, id: string, sightings: Sightings): boolean {
  const path = join(directory, id);
  const isFresh = () => sightings.isFresh(path) ?? false;
  const process = readProcess(path);
  // A file that is being written, or that a crash of the machine left empty, is judged by its age.
  return process === undefined ? isFresh() : isAlive(process, isFresh);
}

function readProcess(path: string): ProcessId | undefined {
  try {
    return ProcessId.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function describeProcess(directory: string, id: string): string {
  const process = readProcess(join(directory, id));
  return process === undefined ? 'a process that is gone' : `process ${process.pid}`;
}
