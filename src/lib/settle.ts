/** Waits until files hold still, so that nobody reads one that is still being written. */
import { stat } from 'node:fs/promises';
import { sleep } from './sleep.ts';

/** What tells one state of a file from another. */
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
  /** Waits so many milliseconds. Default: by a timer that keeps no process alive. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Files as they were when they held still: path -> stamp; those that cannot be looked at have none. */
export type Stamps = ReadonlyMap<string, string | undefined>;

/** A file that always changes. */
export class RestlessError extends Error {
  override readonly name = 'RestlessError';

  constructor(path: string) {
    super(`${path}: does not stop changing; write it in one go, or elsewhere and rename it`);
  }
}

/** The time for which a file must not change before it is read, in milliseconds. */
export const STILL = 1000;
/** Looks after which a file that always changes is given up. */
const MAX_LOOKS = 30;

export const timerWait = (ms: number): Promise<void> => sleep(ms, { ref: false });

/**
 * The files once none of them has changed for an interval. A file that is not there holds still too: who reads it is
 * told.
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

/** The first file that is no more as it was; nothing when all are. */
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
