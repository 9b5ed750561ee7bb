/** How old the file is that a sink appends to. Its time of birth is read once; from then on a clock that cannot be set runs. */
import type { Stats } from 'node:fs';

export interface FileClocks {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences count. */
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
    // Some file systems do not know when a file was made: then it begins when it is first seen.
    const age = birthtimeMs === 0 ? 0 : Math.max(0, now() - birthtimeMs);
    this.#begun = monotonic() - age;
  }

  get milliseconds(): number {
    return this.#clocks.monotonic() - this.#begun;
  }
}
