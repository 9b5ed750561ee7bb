/**
 * Writes lines to a file or terminal at once, from this thread, so that none is lost when the process dies.
 *
 * It never waits and never throws: when a terminal blocks, a disk is full or a terminal is closed, lines are dropped and
 * counted.
 */
import { writeSync } from 'node:fs';
import { openWithoutWaiting } from '../lib/terminal-fd.ts';

export interface DirectWriterOptions {
  readonly fd: number;
  /** The most bytes that wait while a terminal blocks. */
  readonly maxBuffered: number;
  /** The line that reports how many lines were dropped, once lines can be written again. */
  readonly summarize: (dropped: number) => string;
  /** Called for each line that was dropped. */
  readonly dropped: () => void;
  /** Default: `writeSync` of `node:fs`. May write fewer bytes than it is given, and throws like that function. */
  readonly write?: (fd: number, bytes: Buffer) => number;
}

/** Milliseconds until a blocked terminal is tried again. */
const RETRY_AFTER = 50;

interface Waiting {
  readonly bytes: Buffer;
  /** The number of dropped lines that it reports, if it is a summary. */
  readonly summarizes: number;
}

export class DirectWriter {
  readonly #options: DirectWriterOptions;
  readonly #fd: number;
  readonly #write: (fd: number, bytes: Buffer) => number;
  /** Whole lines, except that a part of the first may be written already. */
  #waiting: Waiting[] = [];
  #buffered = 0;
  #isCut = false;
  /** Dropped lines that no summary has reported yet. */
  #dropped = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: DirectWriterOptions) {
    this.#options = options;
    this.#write = options.write ?? writeSync;
    this.#fd = openWithoutWaiting(options.fd) ?? options.fd;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#buffered + bytes.length > this.#options.maxBuffered) this.#drop();
    else this.#add({ bytes, summarizes: 0 });
    this.flush();
  }

  /** Writes pending lines until the terminal blocks. */
  flush(): void {
    if (!this.#tryAll() || this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#add({ bytes: Buffer.from(this.#options.summarize(dropped)), summarizes: dropped });
    this.#tryAll();
  }

  #add(line: Waiting): void {
    this.#waiting.push(line);
    this.#buffered += line.bytes.length;
  }

  #drop(): void {
    this.#dropped++;
    this.#options.dropped();
  }

  /** @returns whether everything is written. */
  #tryAll(): boolean {
    try {
      for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0])
        this.#advance(line, this.#write(this.#fd, line.bytes));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') this.#retryLater();
      else this.#giveUp();
      return false;
    }
  }

  #advance(line: Waiting, written: number): void {
    this.#buffered -= written;
    this.#isCut = written < line.bytes.length;
    if (this.#isCut) this.#waiting[0] = { ...line, bytes: line.bytes.subarray(written) };
    else this.#waiting.shift();
  }

  /** Drops all lines but the rest of a partly written one: the next line must not be appended to it. */
  #giveUp(): void {
    const lost = this.#isCut ? this.#waiting.slice(1) : this.#waiting;
    this.#waiting = this.#isCut ? this.#waiting.slice(0, 1) : [];
    this.#buffered = this.#waiting[0]?.bytes.length ?? 0;
    for (const { summarizes } of lost) {
      if (summarizes > 0) this.#dropped += summarizes;
      else this.#drop();
    }
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.flush();
    }, RETRY_AFTER).unref();
  }
}
