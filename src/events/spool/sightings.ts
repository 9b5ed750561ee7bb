/**
 * Heartbeats of processes that cannot be looked up, such as those of another container: each renews the time of a file.
 * Whether a file is renewed is observed with a monotonic clock; comparing its time with the wall clock would revive
 * dead processes, or declare living ones dead, when somebody sets that clock.
 */
import { statSync } from 'node:fs';

export interface SightingsOptions {
  /** A file that was not renewed for so many milliseconds belongs to a dead process. */
  readonly lease: number;
  /** Whether a file that is seen for the first time counts as renewed, by its age in milliseconds by the wall clock. */
  readonly isFreshAtFirst: (age: number) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences count. */
  readonly monotonic?: () => number;
}

interface Sighting {
  readonly modified: number;
  /** When this time was first seen, by the monotonic clock; -Infinity if it was stale then. */
  readonly since: number;
}

export class Sightings {
  readonly #options: SightingsOptions;
  readonly #seen = new Map<string, Sighting>();

  constructor(options: SightingsOptions) {
    this.#options = options;
  }

  /** Whether the file was renewed within the lease; `undefined` when there is no such file. */
  isFresh(path: string): boolean | undefined {
    const { lease, monotonic = () => performance.now() } = this.#options;
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modified === undefined) {
      this.#seen.delete(path);
      return undefined;
    }
    const before = this.#seen.get(path);
    if (before?.modified === modified) return monotonic() - before.since < lease;
    const isStale = before === undefined && !this.#options.isFreshAtFirst(this.#options.now() - modified);
    this.#seen.set(path, { modified, since: isStale ? Number.NEGATIVE_INFINITY : monotonic() });
    return !isStale;
  }
}
