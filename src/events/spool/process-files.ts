/** The files by which the processes of a spool know each other: see live-processes.ts. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, ProcessId, thisProcess } from './process-id.ts';
import { Sightings } from './sightings.ts';

/** A process of another container is dead after so many milliseconds without a heartbeat. */
const LEASE = 15_000;
const WRITING = '.writing';

export const processPath = (directory: string, id: string): string => join(directory, id);

/** The marker of a process that writes; see write-gate.ts. */
export const writingPath = (directory: string, id: string): string => join(directory, `${id}${WRITING}`);

/** Heartbeats of processes. A file that is seen for the first time, and is old, was left by a crash. */
export function processSightings(now: () => number): Sightings {
  return new Sightings({ lease: LEASE, isFreshAtFirst: (age) => Math.abs(age) < LEASE, now });
}

/** The ids of registered processes, dead ones included. */
export function listProcesses(directory: string): string[] {
  return listFiles(directory).filter((name) => !name.endsWith(WRITING));
}

/** Living processes that write, described for people. */
export function findWriting(directory: string, sightings: Sightings): readonly string[] {
  return listFiles(directory)
    .filter((name) => name.endsWith(WRITING))
    .map((name) => name.slice(0, -WRITING.length))
    .filter((id) => isProcessAlive(directory, id, sightings))
    .map((id) => describeProcess(directory, id));
}

/** @throws NodeJS.ErrnoException when the directory cannot be written. */
export function writeProcess(directory: string, id: string): void {
  writeFileSync(processPath(directory, id), JSON.stringify(thisProcess()), { mode: 0o600 });
}

export function removeProcess(directory: string, id: string): void {
  try {
    rmSync(writingPath(directory, id), { force: true });
    rmSync(processPath(directory, id), { force: true });
  } catch {
    // It cannot be removed now: the next process that looks tries again.
  }
}

export function isProcessAlive(directory: string, id: string, sightings: Sightings): boolean {
  const path = processPath(directory, id);
  const isFresh = () => sightings.isFresh(path) ?? false;
  const process = readProcess(path);
  // A file that is being written, or was left empty by a crash of the machine, is judged by its age.
  return process === undefined ? isFresh() : isAlive(process, isFresh);
}

export function describeProcess(directory: string, id: string): string {
  const process = readProcess(processPath(directory, id));
  return process === undefined ? 'a process that is gone' : `process ${process.pid}`;
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readProcess(path: string): ProcessId | undefined {
  try {
    return ProcessId.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
