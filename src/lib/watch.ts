/**
 * Reports when the text of a file has changed.
 *
 * It polls the path instead of asking the kernel to watch: a kernel watch follows the old file, and loses it
 * when an editor renames a new one over it or Kubernetes swaps the symbolic link of a mounted ConfigMap; on
 * network file systems it sees nothing at all. A `stat` per second costs next to nothing.
 */
import * as nodeFs from 'node:fs/promises';
import { describeEmptied, isBlank, isEmptied, noteFilled } from './emptied.ts';
import { describeStamp, RestlessError, STILL, type StatFile, settle } from './settle.ts';

export type { FileStamp } from './settle.ts';

/** The part of `node:fs/promises` that is used. */
export interface WatchFs {
  readonly stat: StatFile;
  readFile(path: string, encoding: 'utf8'): Promise<string>;
}

export interface WatchTimers {
  set(run: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

export interface WatchOptions {
  /** Called with the new text, once per change. */
  readonly onText: (text: string) => void;
  /** Called once when the file becomes unreadable. The message names the path and the error code. */
  readonly onProblem: (message: string) => void;
  /** The known text: only other text is reported. */
  readonly known?: string;
  /** Whether a file that had content may become empty. Default: false; it is then a problem. */
  readonly allowEmpty?: boolean | undefined;
  /**
   * How often to poll, in milliseconds. Default: 1000. A change is reported once it has lasted for one
   * interval.
   */
  readonly interval?: number;
  readonly fs?: WatchFs;
  readonly timers?: WatchTimers;
}

export interface FileWatch {
  /** Reads the file as soon as it is stable, whatever its stamp, for SIGHUP. */
  check(): Promise<void>;
  close(): void;
}

const realTimers: WatchTimers = {
  // A watch alone does not keep the process alive.
  set: (run, ms) => setTimeout(run, ms).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** Watches a file until closed. */
export function watchFile(path: string, options: WatchOptions): FileWatch {
  const {
    onText,
    onProblem,
    allowEmpty = false,
    interval = STILL,
    fs = nodeFs,
    timers = realTimers,
  } = options;
  let known = options.known;
  let seen: string | undefined;
  let reported: string | undefined;
  let isBroken = false;
  let isClosed = false;
  if (known !== undefined && !isBlank(known)) noteFilled(path, true);

  async function look(): Promise<void> {
    const stamp = await orProblem(findStamp);
    // Reads when the stamp is new and unchanged since the last poll: the writer is done.
    if (stamp !== undefined && stamp !== reported && stamp === seen && (await read(stamp))) reported = stamp;
    seen = stamp;
  }

  async function findStamp(): Promise<string> {
    return describeStamp(await fs.stat(path, { bigint: true }));
  }

  /** @returns whether the file that was read still had this stamp. */
  async function read(stamp: string | undefined): Promise<boolean> {
    const text = await orProblem(() => fs.readFile(path, 'utf8'));
    // Another write has begun: the text may be incomplete.
    if (text === undefined || (await orProblem(findStamp)) !== stamp || isClosed) return false;
    isBroken = false;
    if (text !== known) take(text);
    return true;
  }

  function take(text: string): void {
    const isFilled = !isBlank(text);
    if (!allowEmpty && isEmptied(path, isFilled)) {
      onProblem(describeEmptied(path));
      return;
    }
    noteFilled(path, isFilled);
    known = text;
    onText(text);
  }

  async function orProblem<Value>(attempt: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await attempt();
    } catch (error) {
      if (!isBroken && !isClosed) onProblem(`cannot read ${path}: ${reasonOf(error)}`);
      isBroken = true;
      // A file that comes back is read again, even if it is the same.
      reported = undefined;
      return undefined;
    }
  }

  let timer = timers.set(tick, interval);
  function tick(): void {
    void look().finally(() => {
      if (!isClosed) timer = timers.set(tick, interval);
    });
  }

  return {
    async check() {
      const stamps = await orProblem(() => settle([path], { interval, stat: fs.stat }));
      if (stamps !== undefined && !isClosed) await read(stamps.get(path));
    },
    close() {
      isClosed = true;
      timers.clear(timer);
    },
  };
}

/** Only codes, and our own texts. */
function reasonOf(error: unknown): string {
  if (error instanceof RestlessError) return 'it does not stop changing';
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
