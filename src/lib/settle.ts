/** Waits until files stop changing: a file that is still being written is not read. */
import { stat } from 'node:fs/promises';
import { sleep } from './sleep.ts';

/** Identifies a version of a file. */
export interface FileStamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export type StatFile = (path: string, options: { bigint: true }) => Promise<FileStamp>;

export interface SettleOptions {
  /** Milliseconds for which a file must not change. Default: 1000. */
  readonly interval?: number | undefined;
  readonly stat?: StatFile;
  /** Waits this many milliseconds. Default: by a timer that does not keep the process alive. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Stable files: path -> stamp; files without a stamp cannot be read. */
export type Stamps = ReadonlyMap<string, string | undefined>;

/** A file that always changes. */
export class RestlessError extends Error {
  override readonly name = 'RestlessError';

  constructor(path: string) {
    super(`${path}: does not stop changing; write it at once, or write another file and rename it`);
  }
}

/** How long a file must not change before it is read, in milliseconds. */
export const STILL = 1000;
/** Number of checks after which a changing file is given up. */
const MAX_LOOKS = 30;

export const timerWait = (ms: number): Promise<void> => sleep(ms, { ref: false });

/**
 * Resolves once none of the files has changed for an interval. A missing file counts as stable: its reader
 * reports it.
 *
 * @throws RestlessError
 */
export async function settle(paths: readonly string[], options: SettleOptions = {}): Promise<Stamps> {
  const { interval = STILL, wait = timerWait } = options;
  if (paths.length === 0) return new Map();
  let before = await look(paths, options);
  let moving = '';
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    await wait(interval);
    const now = await look(paths, options);
    const moved = findMoved(before, now);
    if (moved === undefined) return now;
    moving = moved;
    before = now;
  }
  throw new RestlessError(moving);
}

/** Returns the first file that has changed; nothing when none has. */
export async function findChanged(stamps: Stamps, options: SettleOptions = {}): Promise<string | undefined> {
  return findMoved(stamps, await look([...stamps.keys()], options));
}

async function look(paths: readonly string[], { stat: statFile = stat }: SettleOptions): Promise<Stamps> {
  const stampOf = async (path: string) =>
    [path, await statFile(path, { bigint: true }).then(describeStamp, () => undefined)] as const;
  return new Map(await Promise.all(paths.map(stampOf)));
}

function findMoved(before: Stamps, now: Stamps): string | undefined {
  return [...now].find(([path, stamp]) => before.get(path) !== stamp)?.[0];
}

export function describeStamp({ dev, ino, size, mtimeNs, ctimeNs }: FileStamp): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
