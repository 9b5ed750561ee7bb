/** Rotated files: names them, compresses them, and removes old ones. */
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
/** A partial file that is being compressed: PID and a number keep two of them apart. */
const partName = /^\.\d{8}T\d{6}\.\d{3}Z\.gz\.\d+-\d+\.part$/;

/** A partial file this old, in milliseconds, was left by a dead process. */
const PART_IS_OLD = 3_600_000;

let parts = 0;

/**
 * Renames the file. There is no turn of the event loop between check and rename, so that several processes hardly ever
 * rotate one after the other; if they do, a short file is rotated.
 *
 * @returns whether it was renamed: another process may have done so already.
 */
export function putAside({ path, now }: ArchiveOptions, { dev, ino }: Stats): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.dev !== dev || found.ino !== ino) return false;
  renameSync(path, freeName(path, now()));
  return true;
}

/** Takes the next millisecond if the name is in use: names stay in order. */
function freeName(path: string, time: number): string {
  const name = `${path}.${stampOf(time)}`;
  return existsSync(name) || existsSync(`${name}.gz`) ? freeName(path, time + 1) : name;
}

/** In ISO 8601, without characters that some file systems do not allow in names. */
function stampOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:]/g, '');
}

/** Compresses rotated files, and removes those beyond `keep`. @throws if the directory cannot be used. */
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

/** Writes a partial file first: a file that ends in `.gz` is then always complete. */
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
    // Another process has compressed it, or the sink is closed: the next call continues.
    if (code !== 'ENOENT' && kind !== 'AbortError') throw error;
  }
}

async function removeOldParts({ path, now }: ArchiveOptions): Promise<void> {
  for (const name of await listBeside(path, partName)) {
    const stats = await stat(name).catch(() => undefined);
    if (stats !== undefined && now() - stats.mtimeMs > PART_IS_OLD) await remove(name);
  }
}

/** Another process may have removed it. */
async function remove(name: string): Promise<void> {
  await unlink(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
