/**
 * Tells when the text of a file has changed.
 *
 * It looks, again and again, at what the path leads to now, instead of asking the kernel to watch: a watch
 * follows the file that was there, and loses it when an editor renames a new one over it or Kubernetes swaps
 * the symbolic link of a mounted ConfigMap; on network file systems it sees nothing at all. A `stat` a second
 * costs nothing.
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
  /** Called with the new text, once a change. */
  readonly onText: (text: string) => void;
  /** Called once when the file cannot be read, until it can again. The message names the path and the error code. */
  readonly onProblem: (message: string) => void;
  /** The text that is known already: only another one is reported. */
  readonly known?: string;
  /** Whether a file that held something may hold nothing. Default: false: then it is a problem. */
  readonly allowEmpty?: boolean | undefined;
  /** How often to look, in milliseconds. Default: 1000. A change is reported when it has lasted for one look. */
  readonly interval?: number;
  readonly fs?: WatchFs;
  readonly timers?: WatchTimers;
}

export interface FileWatch {
  /** Reads the file as soon as it holds still, whatever its stamp says: for SIGHUP. */
  check(): Promise<void>;
  close(): void;
}

const realTimers: WatchTimers = {
  // A watch alone keeps no process alive.
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
    // Read when a stamp is new and has held still since the last look: whoever writes is done.
    if (stamp !== undefined && stamp !== reported && stamp === seen && (await read(stamp))) reported = stamp;
    seen = stamp;
  }

  async function findStamp(): Promise<string> {
    return describeStamp(await fs.stat(path, { bigint: true }));
  }

  /** @returns whether the file was read as it was when it had this stamp. */
  async function read(stamp: string | undefined): Promise<boolean> {
    const text = await orProblem(() => fs.readFile(path, 'utf8'));
    // Somebody began to write meanwhile: what was read may be half of it.
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
      // Whatever comes back is read again, whether or not it is the same file.
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

/** Only codes, and texts of ours. */
function reasonOf(error: unknown): string {
  if (error instanceof RestlessError) return 'it does not stop changing';
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
