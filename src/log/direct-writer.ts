/**
 * Lines to a file or terminal, written at once and from this thread, so that none is lost when the process dies.
 *
 * Nothing waits and nothing throws: a terminal that nobody reads, a full disk or a terminal that is gone costs
 * lines, which are counted.
 */
import { writeSync } from 'node:fs';
import { openWithoutWaiting } from '../lib/terminal-fd.ts';

export interface DirectWriterOptions {
  readonly fd: number;
  /** Most bytes that wait for a terminal that takes nothing at the moment. */
  readonly maxBuffered: number;
  /** The line that says how many were dropped, once lines can be written again. */
  readonly summarize: (dropped: number) => string;
  /** Called for each line that was dropped. */
  readonly dropped: () => void;
  /** Default: that of `node:fs`. May take fewer bytes than it is given, and throws as that does. */
  readonly write?: (fd: number, bytes: Buffer) => number;
}

/** Milliseconds until a terminal that took nothing is tried again. */
const RETRY_AFTER = 50;

interface Waiting {
  readonly bytes: Buffer;
  /** The dropped lines that it speaks of, when it is a summary. */
  readonly summarizes: number;
}

export class DirectWriter {
  readonly #options: DirectWriterOptions;
  readonly #fd: number;
  readonly #write: (fd: number, bytes: Buffer) => number;
  /** Whole lines, but for the first, of which a part may be out. */
  #waiting: Waiting[] = [];
  #buffered = 0;
  #isCut = false;
  /** Lines dropped that no summary has spoken of. */
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

  /** Writes what waits, as far as that goes without waiting. */
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

  /** @returns whether nothing waits any more. */
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

  /** Drops all but the rest of a line of which a part is out: the next line must not be glued to it. */
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
