/** The entries of a queue that newer ones may evict, oldest first. */
import { LinkedList } from '../lib/linked-list.ts';
import type { Entry } from './entry.ts';
import { isWaiting } from './partition.ts';

export class Evictable {
  readonly #entries = new LinkedList<Entry>();
  /** Entries that were in flight when their turn came, and wait again: older than all others. */
  readonly #retries = new LinkedList<Entry>();

  add(entry: Entry): void {
    entry.isEvictable = true;
    entry.evictionLink = this.#entries.add(entry);
  }

  /** The entry is gone. */
  remove(entry: Entry): void {
    entry.evictionLink?.remove();
    entry.evictionLink = undefined;
  }

  /** The batch of these entries failed, and they wait again. */
  putBack(entries: readonly Entry[]): void {
    const unlisted = entries.filter(
      ({ isEvictable, evictionLink }) => isEvictable && evictionLink === undefined,
    );
    if (unlisted.length === 0) return;
    const all = [...this.#retries.clear(), ...unlisted].sort((a, b) => a.seq - b.seq);
    for (const entry of all) entry.evictionLink = this.#retries.add(entry);
  }

  /** Takes out the oldest entry that waits, if there is one. */
  take(): Entry | undefined {
    return takeWaiting(this.#retries) ?? takeWaiting(this.#entries);
  }
}

function takeWaiting(list: LinkedList<Entry>): Entry | undefined {
  for (let entry = list.shift(); entry !== undefined; entry = list.shift()) {
    entry.evictionLink = undefined;
    if (isWaiting(entry)) return entry;
  }
  return undefined;
}
