/** The age of the file that a sink appends to: its birth time is read once, and a monotonic clock counts from then on. */
import type { Stats } from 'node:fs';

export interface FileClocks {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock: only differences are meaningful. */
  readonly monotonic: () => number;
}

export class FileAge {
  readonly #clocks: FileClocks;
  #file = '';
  /** By the monotonic clock. */
  #begun = 0;

  constructor(clocks: FileClocks) {
    this.#clocks = clocks;
  }

  /** The file that is open now. */
  note({ dev, ino, birthtimeMs }: Pick<Stats, 'dev' | 'ino' | 'birthtimeMs'>): void {
    const { now, monotonic } = this.#clocks;
    const file = `${dev}:${ino}`;
    if (file === this.#file) return;
    this.#file = file;
    // Some file systems do not record the birth time: the age then counts from first sight.
    const age = birthtimeMs === 0 ? 0 : Math.max(0, now() - birthtimeMs);
    this.#begun = monotonic() - age;
  }

  get milliseconds(): number {
    return this.#clocks.monotonic() - this.#begun;
  }
}
