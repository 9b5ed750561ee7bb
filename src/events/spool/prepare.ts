/**
 * Checks and compacts the file of a spool before it is opened: every entry is copied into a new file by a separate
 * process, which may crash on a damaged page. So any damage is found, even in the list of free pages, which nothing
 * else reads until a commit fails on it. No process may have the file open meanwhile.
 */
import { existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { throwIfNotDamage } from './explain-open.ts';
import { type InspectedLog, type Inspection, inspect } from './inspect.ts';
import { encodeTotals, seal, totalsKey } from './records.ts';
import { copyOf, keepAs, makePrivate, removeWithLock, replaceBy, syncFile } from './spool-files.ts';
import { asidePath, type SpoolPaths } from './spool-paths.ts';
import { openStore, type StoreOptions } from './store.ts';

/** What was done about a damaged file. */
export interface Repair {
  /** Entries that are in the new file. */
  readonly saved: number;
  /** Entries that are not, if the old file says how many it had. */
  readonly lost: number | undefined;
  /** The path of the old file. */
  readonly aside: string;
}

type Options = Pick<StoreOptions, 'sync' | 'maxBytes'> & { readonly now: () => number };

/**
 * @returns the repair, if there was any damage.
 * @throws Error when the file cannot be read or written at all; the message says what to do.
 */
export async function prepare(paths: SpoolPaths, options: Options): Promise<Repair | undefined> {
  const { data, dataLock } = paths;
  const copyTo = copyOf(data);
  removeWithLock(copyTo);
  // The lock file may be damaged too. No process uses it, and LMDB creates a new one.
  rmSync(dataLock, { force: true });
  if (!hasEntries(data)) return undefined;
  makePrivate(data);
  const copied = await inspect({ path: data, copyTo });
  if (!hasSpace(paths)) return await keepUncopied(copyTo, data);
  if (copied.kind === 'failed') throwIfNotDamage(copied.code, data);
  if (!isWhole(copied)) return await repair(copied, paths, options);
  await complete(copyTo, copied.logs, options);
  replaceBy(paths, copyTo);
  return undefined;
}

function hasEntries(data: string): boolean {
  if (!existsSync(data)) return false;
  const stats = statSync(data);
  if (!stats.isFile()) throw new TypeError(`${data} is not a file; move it away`);
  return stats.size > 0;
}

/** There is no space for a copy: a whole file is used as it is. */
async function keepUncopied(copyTo: string, data: string): Promise<undefined> {
  removeWithLock(copyTo);
  if (isWhole(await inspect({ path: data }))) return undefined;
  throw new TypeError(
    `${data} is damaged, and the disk has no space for its readable entries: free some space, or move the file away`,
  );
}

async function repair(copied: Inspection, paths: SpoolPaths, options: Options): Promise<Repair> {
  const copyTo = copyOf(paths.data);
  const { logs, recorded } = await copyRest(copied, paths.data, copyTo);
  await complete(copyTo, logs, options);
  const aside = asidePath(paths, options.now());
  keepAs(paths.data, aside);
  replaceBy(paths, copyTo);
  const saved = sum(logs, 'count');
  return { saved, lost: recorded > saved ? recorded - saved : undefined, aside };
}

/** Copies backwards, from the other end up to the damage, what LMDB could not reach. */
async function copyRest(
  copied: Inspection,
  path: string,
  copyTo: string,
): Promise<{ logs: Logs; recorded: number }> {
  // After a crash once more, entry by entry, for entries of the transaction that was lost.
  if (copied.kind === 'crashed') await inspect({ path, copyTo, step: 1 });
  const back = await inspect({ path, copyTo, direction: 'backward' });
  if (back.kind === 'crashed') await inspect({ path, copyTo, direction: 'backward', step: 1 });
  const seen = [copied, back].map((one) => (one.kind === 'done' ? sum(one.logs, 'recorded') : 0));
  const counted = await inspect({ path: copyTo });
  if (counted.kind !== 'done') removeWithLock(copyTo);
  return { logs: counted.kind === 'done' ? counted.logs : {}, recorded: Math.max(...seen) };
}

type Logs = Readonly<Record<string, InspectedLog>>;

function sum(logs: Logs, what: 'count' | 'recorded'): number {
  return Object.values(logs).reduce((total, log) => total + log[what], 0);
}

/** Whether each log has as many entries as its totals say. */
function isWhole(inspection: Inspection): inspection is Inspection & { kind: 'done' } {
  if (inspection.kind !== 'done' || inspection.unreadable > 0) return false;
  return Object.values(inspection.logs).every(({ count, recorded }) => count === recorded);
}

/** Free bytes that must remain; with less, the copy may be incomplete. */
const MIN_FREE = 2 ** 20;

function hasSpace({ directory }: SpoolPaths): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize >= MIN_FREE;
}

/** Adds the totals of the logs, which are not copied, and waits until all of the copy is on disk. */
async function complete(path: string, logs: Logs, { sync, maxBytes }: Options): Promise<void> {
  const store = await openStore({ path, sync, maxBytes });
  await store.write(({ db }) => {
    for (const [sink, { count, bytes, last }] of Object.entries(logs)) {
      const key = totalsKey(sink);
      db.put(key, seal(key, encodeTotals({ count, bytes, next: last + 1 })));
    }
  });
  await store.close();
  await syncFile(path);
}
