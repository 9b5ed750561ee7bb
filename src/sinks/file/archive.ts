/** Files that were put aside: their names, how they are compressed, and which of them are kept. */
import { createReadStream, createWriteStream, existsSync, renameSync, type Stats, statSync } from 'node:fs';
import { readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface ArchiveOptions {
  readonly path: string;
  readonly mode: number;
  readonly keep?: number | undefined;
  readonly gzip: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** `events.jsonl.20240501T120000.000Z`, and `.gz` when compressed. */
const asideName = /^\.\d{8}T\d{6}\.\d{3}Z(\.gz)?$/;
/** What is being compressed: the process and a number keep two of them apart. */
const partName = /^\.\d{8}T\d{6}\.\d{3}Z\.gz\.\d+-\d+\.part$/;

/** A part so old, in milliseconds, is of a process that is no more. */
const PART_IS_OLD = 3_600_000;

let parts = 0;

/**
 * Gives the file another name. Without a turn of the event loop between the look and the move, so that several
 * processes hardly ever move one after the other; and if they do, a short file is put aside.
 *
 * @returns whether it was moved: another process may have done so already.
 */
export function putAside({ path, now }: ArchiveOptions, { dev, ino }: Stats): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.dev !== dev || found.ino !== ino) return false;
  renameSync(path, freeName(path, now()));
  return true;
}

/** Of the next millisecond where there is one of this already: names stay in order. */
function freeName(path: string, time: number): string {
  const name = `${path}.${stampOf(time)}`;
  return existsSync(name) || existsSync(`${name}.gz`) ? freeName(path, time + 1) : name;
}

/** As ISO 8601 has it, without what some file systems do not allow in names. */
function stampOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:]/g, '');
}

/** Compresses what is not compressed, and removes what is not kept. @throws when the directory cannot be used. */
export async function tidy(options: ArchiveOptions, signal: AbortSignal): Promise<void> {
  const { path, keep = Number.POSITIVE_INFINITY, gzip } = options;
  await removeOldParts(options);
  const names = await listAside(path);
  const surplus = Math.max(0, names.length - keep);
  for (const name of names.slice(0, surplus)) await remove(name);
  for (const name of gzip ? names.slice(surplus) : [])
    if (!name.endsWith('.gz') && !signal.aborted) await compress(name, options, signal);
}

/** Oldest first: the names begin with the time. */
async function listAside(path: string): Promise<string[]> {
  return (await listBeside(path, asideName)).sort();
}

async function listBeside(path: string, suffix: RegExp): Promise<string[]> {
  const directory = dirname(path);
  const base = basename(path);
  const names = await readdir(directory);
  return names
    .filter((name) => name.startsWith(base) && suffix.test(name.slice(base.length)))
    .map((name) => join(directory, name));
}

/** Through a part beside it, so that a name that ends in `.gz` is always whole. */
async function compress(name: string, { mode }: ArchiveOptions, signal: AbortSignal): Promise<void> {
  const part = `${name}.gz.${process.pid}-${parts++}.part`;
  try {
    await pipeline(createReadStream(name), createGzip(), createWriteStream(part, { mode, flush: true }), {
      signal,
    });
    await rename(part, `${name}.gz`);
    await unlink(name);
  } catch (error) {
    await remove(part);
    const { code, name: kind } = error as NodeJS.ErrnoException;
    // Another process has compressed it, or the sink is closed: the next one goes on.
    if (code !== 'ENOENT' && kind !== 'AbortError') throw error;
  }
}

async function removeOldParts({ path, now }: ArchiveOptions): Promise<void> {
  for (const name of await listBeside(path, partName)) {
    const stats = await stat(name).catch(() => undefined);
    if (stats !== undefined && now() - stats.mtimeMs > PART_IS_OLD) await remove(name);
  }
}

/** Somebody else may have removed it. */
async function remove(name: string): Promise<void> {
  await unlink(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
