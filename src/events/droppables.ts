/** The entries of a lane that may give way to newer ones, oldest first. */
import type { Entry } from './entry.ts';
import { Fifo } from './fifo.ts';
import { isWaiting } from './partition.ts';

export class Droppables {
  readonly #entries = new Fifo<Entry>();
  /** Those that were passed over while they were under way, and wait again. */
  #returned: Entry[] = [];
  /** When the list is that long, those that are gone are taken out of it. */
  #cutAt = SLACK;

  add(entry: Entry): void {
    entry.isDroppable = true;
    entry.isListed = true;
    this.#entries.push(entry);
    if (this.#entries.length < this.#cutAt) return;
    this.#entries.filter(({ state }) => state !== 'gone');
    this.#cutAt = 2 * this.#entries.length + SLACK;
  }

  /** Entries wait again whose batch has failed. */
  returned(entries: readonly Entry[]): void {
    const unlisted = entries.filter(({ isDroppable, isListed }) => isDroppable && !isListed);
    if (unlisted.length === 0) return;
    for (const entry of unlisted) entry.isListed = true;
    this.#returned = [...this.#returned, ...unlisted].filter(isWaiting).sort((a, b) => a.seq - b.seq);
  }

  /** The oldest that waits, or nothing. It is not listed any more. */
  take(): Entry | undefined {
    return take(() => this.#returned.shift()) ?? take(() => this.#entries.shift());
  }
}

function take(next: () => Entry | undefined): Entry | undefined {
  for (let entry = next(); entry !== undefined; entry = next()) {
    entry.isListed = false;
    if (isWaiting(entry)) return entry;
  }
  return undefined;
}

const SLACK = 1024;
