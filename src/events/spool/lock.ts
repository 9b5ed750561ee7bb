/**
 * Lets one process at a time open or close a spool: it may have to replace a damaged file, which no other process may
 * have open then. The lock is a file; the lock of a dead process is broken.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { sleep } from '../../lib/sleep.ts';
import { isAlive, ProcessId, thisProcess } from './process-id.ts';
import { Sightings } from './sightings.ts';

/** Milliseconds between two attempts. */
const RETRY = 10;
/** Milliseconds after which a lock that is not renewed is dead, where its process cannot be looked up. */
const LEASE = 10_000;
const HEARTBEAT = 2_000;
/** Milliseconds to wait for a process that checks a large spool. */
const PATIENCE = 300_000;

/**
 * Runs work while no other process holds the lock.
 *
 * @throws NodeJS.ErrnoException when the lock cannot be written.
 * @throws Error when another process holds it for minutes.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = await acquire(path);
  const timer = setInterval(() => touch(path), HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (read(path)?.token === token) rmSync(path, { force: true });
  }
}

const Holder = ProcessId.extend({ token: z.string() });
type Holder = z.output<typeof Holder>;

async function acquire(path: string): Promise<string> {
  const token = randomUUID();
  for (const since = performance.now(); performance.now() - since < PATIENCE; await sleep(RETRY)) {
    if (!tryCreate(path, token)) {
      breakDead(path);
      continue;
    }
    // A process that broke a dead lock at this very moment may have removed ours instead: then it is gone by now.
    await sleep(RETRY);
    if (read(path)?.token === token) return token;
  }
  throw new Error(
    `another process has been opening the spool for minutes; if there is no such process, remove ${path}`,
  );
}

function tryCreate(path: string, token: string): boolean {
  try {
    writeFileSync(path, JSON.stringify({ ...thisProcess(), token }), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** For locks of other containers. A lock that is seen for the first time may be held: it gets a whole lease. */
const sightings = new Sightings({ lease: LEASE, isFreshAtFirst: () => true, now: Date.now });

/** Removes the lock of a process that is dead. */
export function breakDead(path: string): void {
  // A lock that is gone is as good as fresh: the next attempt creates it.
  const isFresh = () => sightings.isFresh(path) ?? true;
  const holder = read(path);
  if (holder === undefined ? isFresh() : isAlive(holder, isFresh)) return;
  try {
    // Of all processes that try this, one moves the file.
    const dead = `${path}.${randomUUID()}`;
    renameSync(path, dead);
    rmSync(dead, { force: true });
  } catch {
    // Another was faster.
  }
}

function read(path: string): Holder | undefined {
  try {
    return Holder.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Then we may count as dead, but only for other machines, and those must not share a spool.
  }
}
