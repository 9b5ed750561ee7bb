/**
 * Tells when the text of a file has changed.
 *
 * It looks, again and again, at what the path leads to now, instead of asking the kernel to watch: a watch
 * follows the file that was there, and loses it when an editor renames a new one over it or Kubernetes swaps
 * the symbolic link of a mounted ConfigMap; on network file systems it sees nothing at all. A `stat` a second
 * costs nothing.
 */
import * as nodeFs from 'node:fs/promises';

/** The part of `node:fs/promises` that is used. */
export interface WatchFs {
  stat(path: string, options: { bigint: true }): Promise<FileStamp>;
  readFile(path: string, encoding: 'utf8'): Promise<string>;
}

/** What tells one state of a file from another. */
export interface FileStamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
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
  /** How often to look, in milliseconds. Default: 1000. A change is reported when it has lasted for one look. */
  readonly interval?: number;
  readonly fs?: WatchFs;
  readonly timers?: WatchTimers;
}

export interface FileWatch {
  /** Reads the file now, whatever its stamp says: for SIGHUP. */
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
  const { onText, onProblem, interval = 1000, fs = nodeFs, timers = realTimers } = options;
  let known = options.known;
  let seen: string | undefined;
  let reported: string | undefined;
  let isBroken = false;
  let isClosed = false;

  async function look(): Promise<void> {
    const stamp = await orProblem(async () => describe(await fs.stat(path, { bigint: true })));
    // Read when a stamp is new and has held still since the last look: whoever writes is done.
    if (stamp !== undefined && stamp !== reported && stamp === seen && (await read())) reported = stamp;
    seen = stamp;
  }

  async function read(): Promise<boolean> {
    const text = await orProblem(() => fs.readFile(path, 'utf8'));
    if (text === undefined || isClosed) return false;
    isBroken = false;
    if (text !== known) {
      known = text;
      onText(text);
    }
    return true;
  }

  async function orProblem<Value>(attempt: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await attempt();
    } catch (error) {
      if (!isBroken && !isClosed) onProblem(`cannot read ${path}: ${codeOf(error)}`);
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
      await read();
    },
    close() {
      isClosed = true;
      timers.clear(timer);
    },
  };
}

function describe({ dev, ino, size, mtimeNs, ctimeNs }: FileStamp): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
