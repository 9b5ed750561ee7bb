/** Entries of a queue whose publishers wait for them. Each publisher is told once. */

import { LinkedList } from '../lib/linked-list.ts';
import type { Failure } from '../protocol/failure.ts';
import type { Entry, Waiter } from './entry.ts';
import { isWaiting } from './partition.ts';

export class Waiters {
  readonly #entries = new LinkedList<Entry>();

  add(entry: Entry): void {
    entry.place = this.#entries.add(entry);
    entry.partition.awaited++;
  }

  /** @param failure why the delivery will not be safe; nothing when it is. */
  tell(entry: Entry, failure?: Failure): void {
    const { waiter } = entry;
    this.forget(entry);
    waiter?.settled(failure);
  }

  /** Nobody waits for it any more. */
  forget(entry: Entry): void {
    if (entry.place === undefined) return;
    entry.place.remove();
    entry.place = undefined;
    entry.waiter = undefined;
    entry.partition.awaited--;
  }

  /** Tells those who wait in vain. What is under way is left to what comes of it. */
  disappoint(isInVain: (waiter: Waiter) => boolean, failure: Failure): void {
    for (const entry of this.#entries) {
      const { waiter } = entry;
      if (waiter !== undefined && isWaiting(entry) && isInVain(waiter)) this.tell(entry, failure);
    }
  }
}
