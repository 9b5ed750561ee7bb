/** A delivery in the queue of a sink. Only the queue changes its state. */

import type { Link } from '../lib/linked-list.ts';
import type { Failure } from '../protocol/failure.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Partition } from './partition.ts';
import type { Position } from './spool/spool.ts';

/** A publisher that waits until a delivery is safe. */
export interface Waiter {
  /** Milliseconds that it waits at most. */
  readonly patience: number;
  /** Whether the delivery is withdrawn once the publisher learns that it will not be safe in time. */
  readonly withdraws: boolean;
  /** Called once: without a failure when the delivery is safe, else with the reason why it will not be. */
  readonly settled: (failure?: Failure) => void;
}

export interface Entry {
  readonly delivery: Delivery;
  /** Bytes of memory it holds, roughly. */
  bytes: number;
  /** Counts up over all entries of a queue. */
  readonly seq: number;
  /** When it came, by the clock. */
  readonly enqueuedAt: number;
  /** `gone`: delivered, dropped or withdrawn. */
  state: 'waiting' | 'in flight' | 'gone';
  attempts: number;
  /** Whether a newer entry may evict it from a full queue. */
  isEvictable: boolean;
  /** Its link in the list of evictable entries; nothing while it is in flight. */
  evictionLink: Link<Entry> | undefined;
  /** Withdrawn while in flight: not retried. */
  isWithdrawn: boolean;
  readonly partition: Partition;
  /** Its position in the spool, if it came from there. */
  readonly position: Position | undefined;
  /** Nothing when no publisher waits for it, or not any more. */
  waiter: Waiter | undefined;
  /** Its link in the list of awaited entries. */
  waiterLink: Link<Entry> | undefined;
}
