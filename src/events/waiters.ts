/** The publishers that wait for entries of a queue. Each is notified once. */

import { LinkedList } from '../lib/linked-list.ts';
import { Failure } from '../protocol/failure.ts';
import type { Entry, Waiter } from './entry.ts';
import { isWaiting } from './partition.ts';

/** One for all: in a storm most publishers get it, and an error with a stack is costly to make. */
export const tooBusy = new Failure('sink_full', 'the sink is too busy to store the event in time');

export function tooLate(): Failure {
  return new Failure('sink_failed', 'the sink did not confirm the event in time');
}

export function refused(): Failure {
  return new Failure('sink_failed', 'the sink refused the event');
}

export class Waiters {
  readonly #entries = new LinkedList<Entry>();

  add(entry: Entry): void {
    entry.waiterLink = this.#entries.add(entry);
    entry.partition.awaited++;
  }

  /** @param failure why the delivery will not be safe; nothing when it is. */
  settle(entry: Entry, failure?: Failure): void {
    const { waiter } = entry;
    this.remove(entry);
    waiter?.settled(failure);
  }

  /** The publisher does not wait any more. */
  remove(entry: Entry): void {
    if (entry.waiterLink === undefined) return;
    entry.waiterLink.remove();
    entry.waiterLink = undefined;
    entry.waiter = undefined;
    entry.partition.awaited--;
  }

  /** Fails those of waiting entries; entries in flight are left to the outcome of their batch. */
  failWhere(isHopeless: (waiter: Waiter) => boolean, failure: Failure): void {
    for (const entry of this.#entries) {
      const { waiter } = entry;
      if (waiter !== undefined && isWaiting(entry) && isHopeless(waiter)) this.settle(entry, failure);
    }
  }
}
