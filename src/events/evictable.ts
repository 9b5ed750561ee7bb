/** The entries of a queue that may give way to newer ones, oldest first. */
import { LinkedList } from '../lib/linked-list.ts';
import type { Entry } from './entry.ts';
import { isWaiting } from './partition.ts';

export class Evictable {
  readonly #entries = new LinkedList<Entry>();
  /** Those that were passed over while they were under way, and wait again: older than all others. */
  readonly #returned = new LinkedList<Entry>();

  add(entry: Entry): void {
    entry.isDroppable = true;
    entry.listing = this.#entries.add(entry);
  }

  /** The entry is gone. */
  remove(entry: Entry): void {
    entry.listing?.remove();
    entry.listing = undefined;
  }

  /** Entries wait again whose batch has failed. */
  returned(entries: readonly Entry[]): void {
    const unlisted = entries.filter(({ isDroppable, listing }) => isDroppable && listing === undefined);
    if (unlisted.length === 0) return;
    const all = [...this.#returned.clear(), ...unlisted].sort((a, b) => a.seq - b.seq);
    for (const entry of all) entry.listing = this.#returned.add(entry);
  }

  /** The oldest that waits, or nothing. It is not listed any more. */
  take(): Entry | undefined {
    return takeFrom(this.#returned) ?? takeFrom(this.#entries);
  }
}

function takeFrom(list: LinkedList<Entry>): Entry | undefined {
  for (let entry = list.shift(); entry !== undefined; entry = list.shift()) {
    entry.listing = undefined;
    if (isWaiting(entry)) return entry;
  }
  return undefined;
}
