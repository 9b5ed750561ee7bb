/**
 * Appends lines to a file that other programs may append to, move away or truncate: every batch goes to the file at the
 * path now.
 */
import type { Stats } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface AppenderOptions {
  readonly path: string;
  readonly mode: number;
  /** Whether a batch is flushed to disk. */
  readonly sync: boolean;
}

export interface Appended {
  /** Number of lines in the file, from the first on. */
  readonly lines: number;
  /** Why not all lines were written. */
  readonly error?: unknown;
}

const LINE_FEED = 0x0a;

/** One call at a time. */
export class Appender {
  readonly #options: AppenderOptions;
  #handle: FileHandle | undefined;
  #id = '';
  /**
   * Whether the last line is unterminated, after a crash or on a full disk. The next line must not become a part of it.
   */
  #isTorn = false;

  constructor(options: AppenderOptions) {
    this.#options = options;
  }

  /** Opens the file at the path. @returns its stats. */
  async open(): Promise<Stats> {
    const { path } = this.#options;
    if (this.#handle !== undefined) {
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && idOf(found) === this.#id) return found;
      await this.close();
    }
    this.#handle = await this.#openFile();
    const stats = await this.#handle.stat();
    this.#id = idOf(stats);
    this.#isTorn = await isTorn(this.#handle, stats);
    return stats;
  }

  /** Appends to the file that `open` found. */
  async append(lines: readonly Buffer[]): Promise<Appended> {
    const handle = this.#handle;
    if (handle === undefined) return { lines: 0, error: new Error('the file is not open') };
    const start = this.#isTorn ? [Buffer.of(LINE_FEED)] : [];
    const { bytes, error } = await writeAll(handle, Buffer.concat([...start, ...lines]));
    const whole = this.#settle(lines, bytes - start.length);
    if (this.#options.sync && whole > 0) await handle.datasync();
    await this.#assertInPlace();
    return error === undefined ? { lines: whole } : { lines: whole, error };
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #openFile(): Promise<FileHandle> {
    const { path, mode } = this.#options;
    try {
      return await open(path, 'a+', mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // Only the owner can enter, unless the directory already exists.
      await mkdir(dirname(path), { recursive: true, mode: 0o750 });
      return await open(path, 'a+', mode);
    }
  }

  /**
   * @param bytes of the lines written; -1 if not even the end of a torn line was.
   * @returns the number of complete lines.
   */
  #settle(lines: readonly Buffer[], bytes: number): number {
    if (bytes < 0) return 0;
    let left = bytes;
    let whole = 0;
    for (const { length } of lines) {
      if (left < length) break;
      left -= length;
      whole++;
    }
    this.#isTorn = left > 0;
    return whole;
  }

  /**
   * A file that was moved meanwhile may already have been compressed and removed: only lines in a file that is still at
   * its path are certain to be kept by the process that moves it next.
   */
  async #assertInPlace(): Promise<void> {
    const found = await stat(this.#options.path).catch(() => undefined);
    if (found !== undefined && idOf(found) === this.#id) return;
    throw new Error(`${this.#options.path} was moved while it was being written: the batch is written again`);
  }
}

function idOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

async function isTorn(handle: FileHandle, stats: Stats): Promise<boolean> {
  if (!stats.isFile() || stats.size === 0) return false;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, stats.size - 1);
  return bytesRead === 1 && buffer[0] !== LINE_FEED;
}

/** On a full disk a write may be partial: the next one throws the reason. */
async function writeAll(handle: FileHandle, data: Buffer): Promise<{ bytes: number; error?: unknown }> {
  let bytes = 0;
  while (bytes < data.length) {
    try {
      bytes += (await handle.write(data, bytes)).bytesWritten;
    } catch (error) {
      return { bytes, error };
    }
  }
  return { bytes };
}
