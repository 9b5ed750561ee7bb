/** A delivery in the queue of a sink, and who waits for it. */

import type { Link } from '../lib/linked-list.ts';
import type { Failure } from '../protocol/failure.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Position } from '../spool/spool.ts';
import type { Partition } from './partition.ts';

/** Somebody who waits until a delivery is safe. */
export interface Waiter {
  /** Milliseconds that they wait at most. */
  readonly patience: number;
  /** Whether the delivery leaves the queue when they are told that it will not be safe in time. */
  readonly takesBack: boolean;
  /** Told once: nothing when the delivery is safe, else why it will not be. */
  readonly settled: (failure?: Failure) => void;
}

export interface Entry {
  readonly delivery: Delivery;
  /** What it holds, roughly. */
  bytes: number;
  /** Counts up over all entries of a queue. */
  readonly seq: number;
  /** By the clock: when it came. */
  readonly since: number;
  /** `gone`: delivered, dropped or withdrawn. */
  state: 'waiting' | 'under way' | 'gone';
  attempts: number;
  /** Whether a newer one may take its place in a full queue. */
  isDroppable: boolean;
  /** Among those that may be dropped; nothing while it cannot be, since it is under way. */
  listing: Link<Entry> | undefined;
  /** Withdrawn while it was under way: not tried again. */
  isWithdrawn: boolean;
  readonly partition: Partition;
  /** Its place in the spool, when it came from there. */
  readonly position: Position | undefined;
  /** Nothing when nobody waits for it, or not any more. */
  waiter: Waiter | undefined;
  /** Among those that somebody waits for. */
  place: Link<Entry> | undefined;
}
