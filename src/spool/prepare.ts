/**
 * Before a spool is opened: what its file holds is written into a new one, entry by entry, by a process that may
 * crash on a damaged page. So damage is found whatever it is: also in the list of free pages, which nothing reads
 * before it makes a commit fail. The new file is as small as can be. Nobody may have the file open meanwhile.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { type InspectedLog, type Inspection, inspect } from './inspect.ts';
import { asidePath, type SpoolPaths } from './places.ts';
import { encodeTotals, seal, totalsKey } from './records.ts';
import { openStore, type StoreOptions } from './store.ts';

/** What was done about a damaged file. */
export interface Repair {
  /** Entries that are in the new file. */
  readonly saved: number;
  /** Entries that are not, where the old file says how many it had. */
  readonly lost: number | undefined;
  /** The old file. */
  readonly aside: string;
}

type Options = Pick<StoreOptions, 'sync' | 'maxBytes'> & { readonly now: () => number };

/**
 * @returns what was wrong, if anything.
 * @throws Error when the file cannot be read or written at all; the message says what to do.
 */
export async function prepare(places: SpoolPaths, options: Options): Promise<Repair | undefined> {
  const { data, dataLock } = places;
  const copyTo = copyOf(data);
  removeWithLock(copyTo);
  // The lock may be damaged too, and nobody uses it: LMDB makes a new one.
  rmSync(dataLock, { force: true });
  if (!existsSync(data)) return undefined;
  if (!statSync(data).isFile()) throw new TypeError(`${data} is not a file; move it away`);
  if (statSync(data).size === 0) return undefined;
  makePrivate(data);
  const copied = await inspect({ path: data, copyTo });
  if (!hasRoom(places)) return await goOnWithout(copyTo, data);
  if (copied.kind === 'failed') throwIfNotDamage(copied.code, data);
  if (isWhole(copied)) {
    await complete(copyTo, copied.lanes, options);
    replace(places, copyTo);
    return undefined;
  }
  const { lanes, recorded } = await copyTheRest(copied, places);
  await complete(copyTo, lanes, options);
  const aside = asidePath(places, options.now());
  keepAs(data, aside);
  replace(places, copyTo);
  const saved = sum(lanes, 'count');
  return { saved, lost: recorded > saved ? recorded - saved : undefined, aside };
}

function replace({ data, dataLock }: SpoolPaths, copy: string): void {
  renameSync(copy, data);
  removeWithLock(copy);
  rmSync(dataLock, { force: true });
}

/** A disk that is full has no room for a copy; a file that is whole does without. */
async function goOnWithout(copyTo: string, data: string): Promise<undefined> {
  removeWithLock(copyTo);
  if (isWhole(await inspect({ path: data }))) return undefined;
  throw new TypeError(
    `${data} is damaged, and the disk has no room for what can be read of it: make room, or move the file away`,
  );
}

/** What LMDB could not reach from one end is reached from the other, up to the damage. */
async function copyTheRest(
  copied: Inspection,
  { data }: SpoolPaths,
): Promise<{ lanes: Lanes; recorded: number }> {
  const copyTo = copyOf(data);
  const way = { path: data, copyTo };
  // Behind a crash once more, entry by entry, for those that were on their way into the copy.
  if (copied.kind === 'crashed') await inspect({ ...way, step: 1 });
  const back = await inspect({ ...way, direction: 'backward' });
  if (back.kind === 'crashed') await inspect({ ...way, direction: 'backward', step: 1 });
  const seen = [copied, back].map((way) => (way.kind === 'done' ? sum(way.lanes, 'recorded') : 0));
  const counted = await inspect({ path: copyTo });
  if (counted.kind !== 'done') removeWithLock(copyTo);
  return { lanes: counted.kind === 'done' ? counted.lanes : {}, recorded: Math.max(...seen) };
}

type Lanes = Readonly<Record<string, InspectedLog>>;

function sum(lanes: Lanes, what: 'count' | 'recorded'): number {
  return Object.values(lanes).reduce((total, lane) => total + lane[what], 0);
}

const copyOf = (data: string): string => `${data}.new`;

function removeWithLock(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}-lock`, { force: true });
}

/** The file may come from a backup that has forgotten who may read it. */
function makePrivate(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch {
    // It is somebody else's file, which may be read and written all the same.
  }
}

/** Numbers of the system's errors that say nothing about what is in the file. */
const notDamage: Readonly<Record<number, string>> = {
  1: 'may not be opened: give it to the user of this process, with read and write permission',
  13: 'may not be opened: give it to the user of this process, with read and write permission',
  23: 'cannot be opened: the system has too many open files',
  24: 'cannot be opened: this process may not open more files (ulimit -n)',
  28: 'cannot be opened: the disk is full',
  122: 'cannot be opened: the disk quota is used up',
  30: 'cannot be written: the file system is read-only; name a directory that can be written in spool.path',
};

function throwIfNotDamage(code: number, path: string): void {
  const why = notDamage[code];
  if (why !== undefined) throw new TypeError(`${path} ${why}`);
}

/** Whether each lane has as many entries as it says. */
function isWhole(inspection: Inspection): inspection is Inspection & { kind: 'done' } {
  if (inspection.kind !== 'done' || inspection.unreadable > 0) return false;
  return Object.values(inspection.lanes).every(({ count, recorded }) => count === recorded);
}

/** The least that a disk must have left; with less, what was copied may be a part only. */
const ROOM = 2 ** 20;

function hasRoom({ directory }: SpoolPaths): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize >= ROOM;
}

/** Adds what the copy does not have from the old file, and waits until the disk has all of it. */
async function complete(path: string, lanes: Lanes, { sync, maxBytes }: Options): Promise<void> {
  const store = await openStore({ path, sync, maxBytes });
  await store.write(({ db }) => {
    for (const [name, { count, bytes, last }] of Object.entries(lanes)) {
      const key = totalsKey(name);
      db.put(key, seal(key, encodeTotals({ count, bytes, next: last + 1 })));
    }
  });
  await store.close();
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}

/** A second name for the file, so that at no moment there is none. */
function keepAs(path: string, aside: string): void {
  try {
    linkSync(path, aside);
  } catch {
    // File systems without hard links.
    copyFileSync(path, aside);
  }
}
